#pragma once

#include "common/base/limits.h"
#include "monitor/base/message_budget.h"

namespace zomg::monitor {

/// How many sftp operations the process of one session may still tell: twice what it keeps to.
class SftpBudget : public MessageBudget {
 public:
  explicit SftpBudget(Clock::time_point now)
      : MessageBudget(2.0 * limits::kSftpReportBurst, 2.0 * limits::kSftpReportsPerSecond, now) {}
};

}  // namespace zomg::monitor
