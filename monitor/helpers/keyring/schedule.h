#pragma once

#include <chrono>

namespace zomg::keyring {

/// When a user's keys are fetched next.
class Schedule {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Schedule(std::chrono::seconds refresh) : refresh_(refresh) {}

  /// The first fetch is due at once.
  Clock::time_point due() const { return due_; }
  void make_due() { due_ = {}; }

  /// A fetch was answered. `random`, here and below, is from [0, 1): a tenth more or less of every
  /// delay is left to chance, so that gateways which were started together do not stay together.
  void succeeded(Clock::time_point now, double random);
  /// A fetch failed: from kFetchBackoff on, and not over `refresh`, the delay doubles with each
  /// failure in a row up to kMaxFetchBackoff. A `retry_after` of the server is never undercut,
  /// but for its bound kMaxRetryAfter.
  void failed(Clock::time_point now, std::chrono::seconds retry_after, double random);

 private:
  std::chrono::seconds refresh_;
  std::chrono::seconds backoff_{0};
  Clock::time_point due_;
};

}  // namespace zomg::keyring
