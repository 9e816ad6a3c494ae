#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace zomg::monitor {

/// The hard resource limits that the gateway was started with (getrlimit(2), pids.max of cgroups). It
/// lives with low ones where it can, and says what it needs where it cannot.
struct ResourceLimits {
  /// Each limit with which the gateway could not serve at all, with what to do.
  std::vector<common::Error> too_low;
  /// Each limit with which it serves less than it could, or not for ever.
  std::vector<common::Error> low;
  /// As many connections at a time as they allow.
  std::size_t connections = 0;
};
ResourceLimits examine_resource_limits();

/// Raises the soft limits to the hard ones: children lower theirs to what they need, and a session
/// has those of its box.
common::Result<void> raise_soft_limits();

}  // namespace zomg::monitor
