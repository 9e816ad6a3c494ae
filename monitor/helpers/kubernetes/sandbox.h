#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::kubernetes {

/// As lookup::enter_sandbox(), with the network, and the directories of the credentials' files,
/// where it is only looked whether they changed.
common::Result<void> enter_sandbox(const sandbox::Account& account,
                                   const std::vector<std::string>& directories);

}  // namespace zomg::kubernetes
