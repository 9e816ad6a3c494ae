#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "common/base/fd.h"
#include "common/base/result.h"
#include "common/base/secure_path.h"

namespace zomg::monitor {

using common::StrictModes;

/// All that is left to read from `fd`; an Error when it is more than `max_bytes`.
common::Result<std::string> read_file(int fd, std::size_t max_bytes);

/// Opens the regular file `path` to be read, one that nobody else could have written
/// (common::check_secure_path()) where `strict` says so.
common::Result<common::Fd> open_file(const std::string& path,
                                     StrictModes strict = StrictModes::kYes);

/// Opens such a file and reads it whole; an Error when it is more than `max_bytes`.
common::Result<std::string> read_file(const std::string& path, std::size_t max_bytes,
                                      StrictModes strict = StrictModes::kYes);

/// Opens the regular file `path` to write at its end, and makes it, root's own, where there is none.
common::Result<common::Fd> open_for_append(const std::string& path);

/// Makes the file `path`, which must not exist, with these bytes and this mode, and syncs it.
common::Result<void> write_new_file(const std::string& path, std::string_view bytes, mode_t mode);

}  // namespace zomg::monitor
