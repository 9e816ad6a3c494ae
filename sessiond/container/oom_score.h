#pragma once

#include "sessiond/container/box_process.h"

namespace zomg::sessiond {

/// The oom_score_adj of the container's process (proc(5)).
common::Result<int> read_oom_score(const BoxProcess& box);

/// Takes it on. To lower it takes CAP_SYS_RESOURCE; without, a session keeps the gateway's own,
/// higher one: less than the container has.
common::Result<void> take_on_oom_score(int score);

}  // namespace zomg::sessiond
