#pragma once

#include "common/result.h"

namespace zomg::file_reader {

/// Gives up every capability for good, and the system calls beyond reading files. It stays root, whose
/// files it is to read, and in the host's root directory.
common::Result<void> enter_sandbox();

}  // namespace zomg::file_reader
