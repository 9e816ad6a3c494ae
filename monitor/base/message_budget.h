#pragma once

#include <algorithm>
#include <chrono>

namespace zomg::monitor {

/// How many messages of a kind a process may still send: so many at once, and so many a second.
class MessageBudget {
 public:
  using Clock = std::chrono::steady_clock;

  MessageBudget(double burst, double per_second, Clock::time_point now)
      : burst_(burst), per_second_(per_second), left_(burst), since_(now) {}

  /// Whether one more may come at `now`.
  bool spend(Clock::time_point now) {
    const std::chrono::duration<double> passed = now - since_;
    since_ = now;
    left_ = std::min(burst_, left_ + passed.count() * per_second_);
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }
  /// There is reason for many at once again.
  void refill() { left_ = burst_; }

 private:
  double burst_;
  double per_second_;
  double left_;
  Clock::time_point since_;
};

}  // namespace zomg::monitor
