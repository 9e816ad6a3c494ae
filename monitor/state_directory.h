#pragma once

#include <string>

#include "common/fd.h"

namespace zomg::monitor {

/// Opens, and where there are none makes, the two files in `directory` between which the keyring
/// takes turns (messages/keyring.h): it gets them open, and has no path of its own. A directory or
/// a file that is not root's alone to write is an Error. Needs root.
common::Result<common::FdPair> open_state_files(const std::string& directory);

}  // namespace zomg::monitor
