#pragma once

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::log_writer {

/// Gives up the network, the file system and every privilege, and turns into `account`.
common::Result<void> enter_sandbox(const sandbox::Account& account);

}  // namespace zomg::log_writer
