#pragma once

#include "sessiond/box_process.h"

namespace zomg::sessiond {

/// setns(2) into every namespace of the box that is not ours already: user, mount, network, IPC,
/// UTS, cgroup, time, and for children to come, pid.
common::Result<void> enter_namespaces(const BoxProcess& box);

}  // namespace zomg::sessiond
