#pragma once

#include <string>

#include "common/base/fd.h"
#include "common/base/secure_path.h"

namespace zomg::monitor {

/// Opens, and where there are none makes, the two files in `directory` between which the keyring
/// takes turns (messages/keyring.h): it gets them open, and has no path of its own. A directory or
/// a file that is not root's alone to write is an Error, and so is, where `strict` says so, one below
/// a directory that is not. Needs root.
common::Result<common::FdPair> open_state_files(
    const std::string& directory, common::StrictModes strict = common::StrictModes::kYes);

/// Whether nobody but root could have written what is in `directory`, where it exists.
common::Result<void> check_state_directory(const std::string& directory);

}  // namespace zomg::monitor
