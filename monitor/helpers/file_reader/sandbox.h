#pragma once

#include "common/messages/file.h"
#include "common/program/row.h"

namespace zomg::file_reader {

/// Of zomg-ssh-file-reader. It stays root, whose files these are, and in the host's root directory, with
/// what it takes to read files, or to open them to append where that is the task.
extern const program::Row kRow;

/// The system calls of its one task, beside those of the row.
std::span<const sandbox::SyscallSet* const> calls_of(messages::FileTask task);

}  // namespace zomg::file_reader
