#include "monitor/base/throttle.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

TEST(ThrottleTest, LetsABurstThroughAndThenOneEachInterval) {
  Throttle throttle(3, 1s);
  const Throttle::Clock::time_point start{1h};
  int passed = 0;
  for (int i = 0; i < 10; ++i) passed += throttle.lets_through(start) ? 1 : 0;
  EXPECT_EQ(passed, 3);
  EXPECT_EQ(throttle.take_held_back(), 7U);
  EXPECT_EQ(throttle.take_held_back(), 0U);
  EXPECT_TRUE(throttle.lets_through(start + 1s));
  EXPECT_FALSE(throttle.lets_through(start + 1s));
  // A quiet while fills it up again, but no further.
  passed = 0;
  for (int i = 0; i < 10; ++i) passed += throttle.lets_through(start + 1h) ? 1 : 0;
  EXPECT_EQ(passed, 3);
}

TEST(ThrottleTest, IsAsNewWhenItIsFullAgainAndHoldsNothingBack) {
  Throttle throttle(2, 1s);
  const Throttle::Clock::time_point start{1h};
  EXPECT_TRUE(throttle.is_as_new(start));
  for (int i = 0; i < 3; ++i) throttle.lets_through(start);
  EXPECT_FALSE(throttle.is_as_new(start + 1h));
  throttle.take_held_back();
  EXPECT_FALSE(throttle.is_as_new(start + 1s));
  EXPECT_TRUE(throttle.is_as_new(start + 2s));
}

}  // namespace
}  // namespace zomg::monitor
