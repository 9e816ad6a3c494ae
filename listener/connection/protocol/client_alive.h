#pragma once

#include <chrono>

namespace zomg::connection {

/// When to ask a silent client for an answer, and when to give it up (sshd_config(5)
/// ClientAliveInterval, ClientAliveCountMax). Anything that it sends counts as an answer.
class ClientAlive {
 public:
  using Clock = std::chrono::steady_clock;

  /// `interval` 0: it is never asked. `count_max` 0: it is never given up.
  ClientAlive(std::chrono::seconds interval, unsigned count_max)
      : interval_(interval), count_max_(count_max), next_(Clock::now() + interval) {}

  void on_heard(Clock::time_point now) {
    unanswered_ = 0;
    next_ = now + interval_;
  }

  enum class Verdict { kFine, kAsk, kGone };
  Verdict check(Clock::time_point now);
  /// When check() is to be called next; time_point::max() for never.
  Clock::time_point deadline() const {
    return interval_.count() == 0 ? Clock::time_point::max() : next_;
  }

 private:
  std::chrono::seconds interval_;
  unsigned count_max_;
  Clock::time_point next_;
  unsigned unanswered_ = 0;
};

}  // namespace zomg::connection
