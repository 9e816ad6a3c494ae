#include "listener/connection/session/idle_timer.h"

#include <gtest/gtest.h>

namespace zomg::connection {
namespace {

using namespace std::chrono_literals;
using Verdict = IdleTimer::Verdict;

TEST(IdleTimer, WarnsOnceAMinuteBeforeTheEnd) {
  IdleTimer timer(10min);
  const auto start = IdleTimer::Clock::now();
  EXPECT_EQ(timer.check(start, 1), Verdict::kFine);
  EXPECT_EQ(timer.deadline(), start + 9min);
  EXPECT_EQ(timer.check(start + 9min - 1s, 1), Verdict::kFine);
  EXPECT_EQ(timer.check(start + 9min, 1), Verdict::kWarn);
  EXPECT_EQ(timer.deadline(), start + 10min);
  EXPECT_EQ(timer.check(start + 10min - 1s, 1), Verdict::kFine);
  EXPECT_EQ(timer.check(start + 10min, 1), Verdict::kOver);
}

TEST(IdleTimer, WarnsAfterHalfOfAShortTime) {
  IdleTimer timer(10s);
  const auto start = IdleTimer::Clock::now();
  timer.check(start, 1);
  EXPECT_EQ(timer.check(start + 4s, 1), Verdict::kFine);
  EXPECT_EQ(timer.check(start + 5s, 1), Verdict::kWarn);
  EXPECT_EQ(timer.check(start + 10s, 1), Verdict::kOver);
}

TEST(IdleTimer, BeginsAnewWhenSomethingMoves) {
  IdleTimer timer(10s);
  const auto start = IdleTimer::Clock::now();
  timer.check(start, 1);
  EXPECT_EQ(timer.check(start + 9s, 1), Verdict::kWarn);
  EXPECT_EQ(timer.check(start + 9s, 2), Verdict::kFine);
  EXPECT_EQ(timer.deadline(), start + 14s);
  EXPECT_EQ(timer.check(start + 14s, 2), Verdict::kWarn);
}

TEST(IdleTimer, CanBeTurnedOff) {
  IdleTimer timer(0s);
  EXPECT_EQ(timer.deadline(), IdleTimer::Clock::time_point::max());
  EXPECT_EQ(timer.check(IdleTimer::Clock::now() + 100h, 0), Verdict::kFine);
}

}  // namespace
}  // namespace zomg::connection
