#pragma once

#include "common/base/result.h"
#include "common/messages/file.h"

namespace zomg::file_reader {

/// Gives up every capability for good, and the system calls beyond reading files, or beyond opening
/// them to append where that is the task. It stays root, whose files they are, and in the host's root
/// directory.
common::Result<void> enter_sandbox(messages::FileTask task);

}  // namespace zomg::file_reader
