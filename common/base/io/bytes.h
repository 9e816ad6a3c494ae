#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace zomg::common {

/// Writes all of `bytes`, to a descriptor that waits.
Result<void> write_all(int fd, std::string_view bytes);

/// The same to the start of a file, whose position stays as it is: copies of a descriptor share it.
Result<void> write_all_at_start(int fd, std::string_view bytes);

/// Reads up to the end. More than `max_bytes` is an Error.
Result<std::string> read_all(int fd, std::size_t max_bytes);

}  // namespace zomg::common
