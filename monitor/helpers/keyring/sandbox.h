#pragma once

#include <vector>

#include "common/base/result.h"
#include "common/sandbox/identity.h"
#include "common/sandbox/root.h"

namespace zomg::keyring {

/// Gives up, for good, all that fetching does not need: the file system but for copies of `files`,
/// every capability, root, and all system calls but those in sandbox.cc. Becomes `account`. Needs
/// root; nothing may be loaded afterwards.
common::Result<void> enter_sandbox(const sandbox::Account& account,
                                   const std::vector<sandbox::RootFile>& files);

}  // namespace zomg::keyring
