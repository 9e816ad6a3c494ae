#include "monitor/connections/request_counts.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

const MessageBudget::Clock::time_point kStart{};

TEST(RequestCounts, SoManyInAll) {
  RequestCounts counts;
  EXPECT_TRUE(counts.spend(0, {2}, kStart));
  EXPECT_TRUE(counts.spend(0, {2}, kStart));
  EXPECT_FALSE(counts.spend(0, {2}, kStart + 1h));
}

TEST(RequestCounts, SoManyAtOnceAndThenASecond) {
  RequestCounts counts;
  EXPECT_TRUE(counts.spend(0, {2, 1}, kStart));
  EXPECT_TRUE(counts.spend(0, {2, 1}, kStart));
  EXPECT_FALSE(counts.spend(0, {2, 1}, kStart));
  EXPECT_TRUE(counts.spend(0, {2, 1}, kStart + 1s));
  EXPECT_FALSE(counts.spend(0, {2, 1}, kStart + 1s));
}

TEST(RequestCounts, EachRowHasItsOwn) {
  RequestCounts counts;
  EXPECT_TRUE(counts.spend(0, {1}, kStart));
  EXPECT_TRUE(counts.spend(1, {1}, kStart));
  EXPECT_FALSE(counts.spend(1, {1}, kStart));
}

}  // namespace
}  // namespace zomg::monitor
