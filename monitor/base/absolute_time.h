#pragma once

#include <ctime>
#include <string_view>

#include "common/base/result.h"

namespace zomg::monitor {

/// Reads `YYYYMMDD[HHMM[SS]]`, in local time or, with `Z` or `UTC` after it, in UTC (sshd(8)
/// expiry-time).
common::Result<std::time_t> parse_absolute_time(std::string_view text);

}  // namespace zomg::monitor
