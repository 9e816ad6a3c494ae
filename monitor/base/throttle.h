#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace zomg::monitor {

/// Lets so many through at once, and then one each interval; counts the others.
class Throttle {
 public:
  using Clock = std::chrono::steady_clock;

  Throttle(unsigned burst, Clock::duration interval) : burst_(burst), interval_(interval) {}

  bool lets_through(Clock::time_point now) {
    if (pass(now)) return true;
    ++held_back_;
    return false;
  }
  /// Whether it has held some back, and lets one more through, who may tell of them.
  bool lets_rest_through(Clock::time_point now) { return held_back_ > 0 && pass(now); }
  bool has_held_back() const { return held_back_ > 0; }
  /// How many were held back since the last time it was asked.
  std::uint64_t take_held_back() {
    const std::uint64_t count = held_back_;
    held_back_ = 0;
    return count;
  }
  /// Whether it would let a whole burst through, and has held back nothing that nobody asked for.
  bool is_as_new(Clock::time_point now) const { return level_ <= now && held_back_ == 0; }

 private:
  bool pass(Clock::time_point now) {
    // The time at which as many have been let through as the interval allows: never more than a
    // burst in the future, never in the past.
    const auto next = std::max(level_, now) + interval_;
    if (next - now > interval_ * burst_) return false;
    level_ = next;
    return true;
  }

  unsigned burst_;
  Clock::duration interval_;
  Clock::time_point level_{};
  std::uint64_t held_back_ = 0;
};

}  // namespace zomg::monitor
