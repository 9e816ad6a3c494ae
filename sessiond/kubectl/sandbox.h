#pragma once

#include <string_view>

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::kubectl {

/// Gives up, for good, everything that kubectl and the process above it do not need: what is left
/// is the network, a root with the two files of `files` (messages::BoxLookedUp) that only `account`
/// can read, and the system calls of sandbox.cc.
common::Result<void> enter_sandbox(const sandbox::Account& account, std::string_view files);

}  // namespace zomg::kubectl
