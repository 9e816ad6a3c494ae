#pragma once

#include "common/base/fd.h"
#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::sessiond {

/// Where the supervisors of one connection's sessions live: with no network, no files, and IPC and UTS
/// namespaces of their own. Made once, ahead of all of them, as this may fail: a box can use up what its
/// user may have of namespaces on the whole host. And it takes longer than all else of a session.
class Seclusion {
 public:
  /// Leaves the network, IPC and UTS namespaces for empty ones, for good, and makes an empty root in a
  /// mount namespace of its own. The caller keeps its mounts and its root: it still has boxes to enter.
  static common::Result<Seclusion> make();

  /// Enters the empty root for good, becomes `account`, and keeps CAP_KILL alone: a supervisor needs no
  /// more.
  common::Result<void> enter(const sandbox::Account& account);

  /// The list of processes that a supervisor hangs up from (sandbox::open_processes()).
  common::Fd take_processes() { return std::move(processes_); }

 private:
  Seclusion(common::Fd mounts, common::Fd processes)
      : mounts_(std::move(mounts)), processes_(std::move(processes)) {}

  common::Fd mounts_;  ///< the mount namespace with the empty root
  common::Fd processes_;
};

}  // namespace zomg::sessiond
