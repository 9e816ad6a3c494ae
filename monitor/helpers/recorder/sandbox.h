#pragma once

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::recorder {

/// Gives up the network, the file system and every privilege, and turns into `account`. From then
/// on this process can use what it has open, and make files in the directory that is among that.
common::Result<void> enter_sandbox(const sandbox::Account& account);

}  // namespace zomg::recorder
