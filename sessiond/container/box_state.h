#pragma once

#include <cstdint>

#include "common/base/failure.h"
#include "sessiond/container/box_process.h"
#include "sessiond/container/confinement.h"
#include "sessiond/container/resource_limits.h"
#include "sessiond/container/security_label.h"

namespace zomg::sessiond {

/// What the container's first process may do, as the kernel shows it to the host.
struct BoxState {
  Confinement confinement;
  ResourceLimits limits;
  int oom_score_adj = 0;
  SecurityLabels labels;
  /// Whether its user namespace is another than ours; then what our ids are there.
  bool user_namespace = false;
  IdMap uids;
  IdMap gids;
  /// Its namespaces that are the host's, as flags of clone(2).
  std::uint32_t host_namespaces = 0;
};

/// Reads all of it, in the host's /proc and user namespace, and then sees that the process is still
/// the one that was checked, in the namespaces that it was in. `self` is our own /proc directory. An
/// Error says what the user is told.
common::Result<BoxState> read_box_state(const BoxProcess& box, int self);

}  // namespace zomg::sessiond
