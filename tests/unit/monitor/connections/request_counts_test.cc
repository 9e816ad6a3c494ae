#include "monitor/connections/request_counts.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

const MessageBudget::Clock::time_point kNow{};

TEST(RequestCounts, SoManyInAll) {
  RequestCounts counts;
  EXPECT_TRUE(counts.spend(0, {2}, kNow));
  EXPECT_TRUE(counts.spend(0, {2}, kNow));
  EXPECT_FALSE(counts.spend(0, {2}, kNow + 1h));
}

TEST(RequestCounts, SoManyAtOnceAndThenASecond) {
  RequestCounts counts;
  EXPECT_TRUE(counts.spend(0, {2, 1}, kNow));
  EXPECT_TRUE(counts.spend(0, {2, 1}, kNow));
  EXPECT_FALSE(counts.spend(0, {2, 1}, kNow));
  EXPECT_TRUE(counts.spend(0, {2, 1}, kNow + 1s));
  EXPECT_FALSE(counts.spend(0, {2, 1}, kNow + 1s));
}

TEST(RequestCounts, EachRowHasItsOwn) {
  RequestCounts counts;
  EXPECT_TRUE(counts.spend(0, {1}, kNow));
  EXPECT_TRUE(counts.spend(1, {1}, kNow));
  EXPECT_FALSE(counts.spend(1, {1}, kNow));
}

}  // namespace
}  // namespace zomg::monitor
