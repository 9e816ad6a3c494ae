#include "monitor/helpers/keyring/schedule.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace zomg::keyring {
namespace {

using namespace std::chrono_literals;

class ScheduleTest : public testing::Test {
 protected:
  std::chrono::milliseconds delay() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(schedule_.due() - now_);
  }

  Schedule schedule_{300s};
  Schedule::Clock::time_point now_ = Schedule::Clock::now();
};

TEST_F(ScheduleTest, TheFirstFetchIsDueAtOnce) {
  EXPECT_LE(schedule_.due(), now_);
}

TEST_F(ScheduleTest, ASuccessIsFollowedAfterTheRefreshTimeGiveOrTakeATenth) {
  schedule_.succeeded(now_, 0);
  EXPECT_EQ(delay(), 270s);
  schedule_.succeeded(now_, 0.5);
  EXPECT_EQ(delay(), 300s);
  schedule_.succeeded(now_, 0.999999);
  EXPECT_GT(delay(), 329s);
  EXPECT_LE(delay(), 330s);
}

TEST_F(ScheduleTest, FailuresDoubleTheDelayUpToABound) {
  std::chrono::milliseconds expected = limits::kFetchBackoff;
  for (int i = 0; i < 20; ++i) {
    schedule_.failed(now_, 0s, 0.5);
    EXPECT_EQ(delay(), expected);
    expected = std::min<std::chrono::milliseconds>(2 * expected, limits::kMaxFetchBackoff);
  }
}

TEST_F(ScheduleTest, ASuccessEndsTheBackoff) {
  schedule_.failed(now_, 0s, 0.5);
  schedule_.failed(now_, 0s, 0.5);
  schedule_.succeeded(now_, 0.5);
  schedule_.failed(now_, 0s, 0.5);
  EXPECT_EQ(delay(), limits::kFetchBackoff);
}

TEST_F(ScheduleTest, AFailureWaitsNoLongerAtFirstThanASuccessWould) {
  Schedule quick(1s);
  quick.failed(now_, 0s, 0.5);
  EXPECT_EQ(quick.due() - now_, 1s);
}

TEST_F(ScheduleTest, RetryAfterIsNotUndercutWithinItsBound) {
  schedule_.failed(now_, 90s, 0);
  EXPECT_EQ(delay(), 90s);
  schedule_.failed(now_, 87600h, 0);
  EXPECT_EQ(delay(), limits::kMaxRetryAfter);
  schedule_.failed(now_, 1s, 0.5);
  EXPECT_EQ(delay(), 4 * limits::kFetchBackoff);
}

TEST_F(ScheduleTest, CanBeMadeDueAtOnce) {
  schedule_.succeeded(now_, 0.5);
  schedule_.make_due();
  EXPECT_LE(schedule_.due(), now_);
}

}  // namespace
}  // namespace zomg::keyring
