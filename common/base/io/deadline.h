#pragma once

#include <algorithm>
#include <chrono>
#include <limits>

namespace zomg::common {

/// What is left until `deadline`, for poll(2): rounded up, so that it has come when the time is over.
inline int milliseconds_until(std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  const auto left =
      std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<milliseconds::rep>(left, 0, std::numeric_limits<int>::max()));
}

}  // namespace zomg::common
