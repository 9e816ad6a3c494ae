#pragma once

#include "common/base/result.h"
#include "sessiond/box/box_root.h"
#include "sessiond/box/invocation.h"

namespace zomg::sessiond {

/// What a probe needs to know.
struct BoxProbeOrder {
  const messages::SessionPlan& plan;
  const messages::BoxUser& user;
  Identity container;
  int environment;  ///< memfd of the container's environment
  std::string terminal;
};

/// Has a child go into the box, give up every capability, and only then look at what the box holds:
/// its passwd file, shells, sftp-server and message of the day. What comes back is bounded, and
/// hostile if the box is.
common::Result<Invocation> probe_box(const BoxRoot& root, const BoxProbeOrder& order);

}  // namespace zomg::sessiond
