#pragma once

#include "common/base/result.h"
#include "common/ipc/channel.h"
#include "sessiond/entry/target.h"

namespace zomg::sessiond {

/// One session, in a process of its own: prepares its entry into the box, waits for the plan on the
/// channel to the monitor, enters, and supervises the user's program to its end. SIGTERM is blocked by
/// then, and tells it to hang the program up.
common::Result<void> run_session(Target target, ipc::Channel monitor);

}  // namespace zomg::sessiond
