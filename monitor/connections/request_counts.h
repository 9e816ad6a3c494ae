#pragma once

#include <cstddef>
#include <map>

#include "monitor/base/message_budget.h"

namespace zomg::monitor {

/// How often a connection process may make a request: so many times at once, and so many more a second.
/// With none a second: so many in all.
struct Times {
  unsigned at_once = 0;
  unsigned per_second = 0;
};

/// What one connection process has left of the times of each row of a table of requests.
class RequestCounts {
 public:
  /// Whether the request of row `row` may be made once more at `now`.
  bool spend(std::size_t row, Times times, MessageBudget::Clock::time_point now) {
    const auto [left, added] = left_.try_emplace(row, times.at_once, times.per_second, now);
    return left->second.spend(now);
  }

 private:
  std::map<std::size_t, MessageBudget> left_;
};

}  // namespace zomg::monitor
