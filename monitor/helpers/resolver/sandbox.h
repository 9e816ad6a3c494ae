#pragma once

#include "common/base/result.h"
#include "common/sandbox/identity.h"
#include "monitor/helpers/resolver/cri/cri_socket.h"

namespace zomg::resolver {

/// Gives up, for good, all that a lookup does not need: the file system but for the directory of
/// `socket`, every capability, root, and all system calls but those in sandbox.cc. Becomes
/// `account` with the group of `socket` beside it. Needs root; nothing may be loaded afterwards.
common::Result<void> enter_sandbox(const sandbox::Account& account, const CriSocket& socket);

}  // namespace zomg::resolver
