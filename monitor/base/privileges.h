#pragma once

#include "common/base/result.h"

namespace zomg::monitor {

/// Leaves the monitor, or the supervisor, with the capabilities that it uses itself: CAP_KILL, to signal
/// its children of other users, and, permitted but not effective, CAP_SETUID, to be counted as another user
/// once somebody has found out as whom (counted_apart.h). The bounding set stays: a sessiond starts as root with it, and no box could be
/// given more than that. Also: counted apart from root (counted_apart.h), no core dump, no tracing, and
/// as many descriptors as allowed.
common::Result<void> reduce_privileges();

}  // namespace zomg::monitor
