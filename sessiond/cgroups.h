#pragma once

#include "sessiond/box_process.h"

namespace zomg::sessiond {

/// Moves the calling process into the box's cgroup of every hierarchy, v1 and v2 (cgroups(7)). A
/// hierarchy in which the box is elsewhere and that is not mounted here is an Error: the session
/// would escape that hierarchy's limits.
common::Result<void> join_cgroups(const BoxProcess& box);

}  // namespace zomg::sessiond
