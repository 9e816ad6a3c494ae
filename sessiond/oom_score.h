#pragma once

#include "sessiond/box_process.h"

namespace zomg::sessiond {

/// Takes on the oom_score_adj of the container's process (proc(5)). To lower it takes
/// CAP_SYS_RESOURCE; without, a session keeps the gateway's own, higher one: less than the
/// container has.
common::Result<void> take_on_oom_score(const BoxProcess& box);

}  // namespace zomg::sessiond
