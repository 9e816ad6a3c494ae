#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "common/fd.h"
#include "common/result.h"

namespace zomg::monitor {

/// All that is left to read from `fd`; an Error when it is more than `max_bytes`.
common::Result<std::string> read_file(int fd, std::size_t max_bytes);

/// Opens the regular file `path` and reads it whole; an Error when it is more than `max_bytes`.
common::Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

/// Opens the regular file `path` to write at its end, and makes it, root's own, where there is none.
common::Result<common::Fd> open_for_append(const std::string& path);

/// Makes the file `path`, which must not exist, with these bytes and this mode, and syncs it.
common::Result<void> write_new_file(const std::string& path, std::string_view bytes, mode_t mode);

}  // namespace zomg::monitor
