#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace zomg::connection {

/// When to warn of, and when to end, what moves no bytes (sshd_config(5) ChannelTimeout and
/// UnusedConnectionTimeout).
class IdleTimer {
 public:
  using Clock = std::chrono::steady_clock;

  /// The warning comes a minute before the end, or after half of the time where that is shorter.
  static constexpr std::chrono::seconds kNotice{60};

  /// `timeout` 0: never.
  explicit IdleTimer(std::chrono::seconds timeout)
      : timeout_(timeout),
        notice_(std::min<Clock::duration>(kNotice, Clock::duration(timeout) / 2)),
        since_(Clock::now()) {}

  enum class Verdict { kFine, kWarn, kOver };
  /// `moved` counts what was moved so far. kWarn is said once, until something moves again.
  Verdict check(Clock::time_point now, std::uint64_t moved);
  /// When check() is to be called next; time_point::max() for never.
  Clock::time_point deadline() const;

 private:
  Clock::duration timeout_;
  Clock::duration notice_;
  Clock::time_point since_;
  std::uint64_t moved_ = 0;
  bool warned_ = false;
};

}  // namespace zomg::connection
