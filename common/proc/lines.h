#pragma once

#include <functional>
#include <string_view>

#include "common/base/result.h"

namespace zomg::common {

/// Calls `visit` for each line that can be read from `fd`, without its end, until it returns false:
/// of a file of the kernel's that is as long as the host has mounts. A line of over 64 KiB is passed
/// over; over 1 GiB in all is an Error.
Result<void> for_each_line(int fd, const std::function<bool(std::string_view)>& visit);

}  // namespace zomg::common
