#pragma once

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::audit {

/// Gives up the network, the file system and every privilege, and turns into `account`. From then
/// on this process can read its channel and write to what it was given, and nothing else.
common::Result<void> enter_sandbox(const sandbox::Account& account);

}  // namespace zomg::audit
