#pragma once

#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/program/row.h"
#include "common/sandbox/root.h"

namespace zomg::kubectl {

/// Of zomg-ssh-kubectl, and of the kubectl that it starts: they have the network, and a root with the two files
/// of split_files().
extern const program::Row kRow;

/// The files for the root from what the monitor sent (messages::BoxLookedUp), which only `account` can read.
common::Result<std::vector<sandbox::RootFile>> split_files(std::string_view files, uid_t account);

}  // namespace zomg::kubectl
