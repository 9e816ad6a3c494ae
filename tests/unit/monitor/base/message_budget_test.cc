#include "monitor/base/message_budget.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

constexpr MessageBudget::Clock::time_point kStart{1000s};

unsigned spend_all(MessageBudget& budget, MessageBudget::Clock::time_point now) {
  unsigned spent = 0;
  while (spent < 1000 && budget.spend(now)) ++spent;
  return spent;
}

TEST(MessageBudget, IsSoManyAtOnce) {
  MessageBudget budget(10, 2, kStart);
  EXPECT_EQ(spend_all(budget, kStart), 10U);
}

TEST(MessageBudget, GrowsBySoManyASecondAndNotBeyond) {
  MessageBudget budget(10, 2, kStart);
  spend_all(budget, kStart);
  EXPECT_EQ(spend_all(budget, kStart + 3s), 6U);
  EXPECT_EQ(spend_all(budget, kStart + 1h), 10U);
}

TEST(MessageBudget, IsFullAgainWhenThereIsReason) {
  MessageBudget budget(10, 2, kStart);
  spend_all(budget, kStart);
  budget.refill();
  EXPECT_EQ(spend_all(budget, kStart), 10U);
}

}  // namespace
}  // namespace zomg::monitor
