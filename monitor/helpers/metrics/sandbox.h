#pragma once

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::metrics {

/// Gives up the network, the file system and every privilege, and turns into `account`. From then
/// on this process can read its channel and serve on the sockets that it has.
common::Result<void> enter_sandbox(const sandbox::Account& account);

}  // namespace zomg::metrics
