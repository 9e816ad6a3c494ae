#pragma once

#include <algorithm>
#include <chrono>

#include "common/limits.h"

namespace zomg::monitor {

/// How many sftp operations the process of one session may still tell: twice what it keeps to.
class SftpBudget {
 public:
  using Clock = std::chrono::steady_clock;

  explicit SftpBudget(Clock::time_point now) : since_(now) {}

  /// Whether one more may be told at `now`.
  bool spend(Clock::time_point now) {
    const std::chrono::duration<double> passed = now - since_;
    since_ = now;
    left_ = std::min(kFull, left_ + passed.count() * 2 * limits::kSftpReportsPerSecond);
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  static constexpr double kFull = 2.0 * limits::kSftpReportBurst;
  double left_ = kFull;
  Clock::time_point since_;
};

}  // namespace zomg::monitor
