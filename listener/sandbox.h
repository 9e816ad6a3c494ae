#pragma once

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::listener {

/// Gives up the network, the file system and every privilege, and turns into `account`. The filter
/// that is left allows accepting connections and starting zomg-ssh-connection, which inherits it.
common::Result<void> enter_sandbox(const sandbox::Account& account);

}  // namespace zomg::listener
