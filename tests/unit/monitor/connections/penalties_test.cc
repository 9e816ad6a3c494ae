#include "monitor/connections/penalties.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

class PenaltiesTest : public testing::Test {
 protected:
  static Network source(unsigned number) {
    return *Network::parse(fmt::format("192.0.2.{}", number));
  }
  void fail_to_log_in(unsigned who, int times) {
    for (int i = 0; i < times; ++i)
      penalties_.add(source(who), Offence::kAuthenticationFailed, now_);
  }

  Penalties::Clock::time_point now_{1h};
  Penalties penalties_{PenaltyRules{}};
};

TEST_F(PenaltiesTest, NothingIsRefusedBeforeTheMinimumHasAddedUp) {
  fail_to_log_in(1, 2);
  EXPECT_FALSE(penalties_.refuses(source(1), now_));
  fail_to_log_in(1, 1);
  EXPECT_TRUE(penalties_.refuses(source(1), now_));
  EXPECT_FALSE(penalties_.refuses(source(2), now_));
}

TEST_F(PenaltiesTest, EndsWhenItsTimeHasPassedAndStartsAnew) {
  fail_to_log_in(1, 3);
  EXPECT_TRUE(penalties_.refuses(source(1), now_ + 14s));
  now_ += 15s;
  EXPECT_FALSE(penalties_.refuses(source(1), now_));
  fail_to_log_in(1, 2);
  EXPECT_FALSE(penalties_.refuses(source(1), now_));
}

TEST_F(PenaltiesTest, OnceEnforcedItHoldsToItsEnd) {
  fail_to_log_in(1, 3);
  EXPECT_TRUE(penalties_.refuses(source(1), now_ + 10s));
}

TEST_F(PenaltiesTest, AddsUpToTheMaximumOnly) {
  fail_to_log_in(1, 10'000);
  EXPECT_TRUE(penalties_.refuses(source(1), now_ + 599s));
  EXPECT_FALSE(penalties_.refuses(source(1), now_ + 600s));
}

TEST_F(PenaltiesTest, EachOffenceHasItsTime) {
  penalties_.add(source(1), Offence::kCrash, now_);
  EXPECT_TRUE(penalties_.refuses(source(1), now_ + 89s));
  penalties_.add(source(2), Offence::kGraceExceeded, now_);
  penalties_.add(source(2), Offence::kNoAuthentication, now_);
  EXPECT_FALSE(penalties_.refuses(source(2), now_));
  for (int i = 0; i < 4; ++i) penalties_.add(source(2), Offence::kNoAuthentication, now_);
  EXPECT_TRUE(penalties_.refuses(source(2), now_));
}

TEST_F(PenaltiesTest, ForgetsTheOneThatEndsFirstWhenThereAreTooMany) {
  Penalties few({.max_sources = 2});
  few.add(source(1), Offence::kCrash, now_);
  few.add(source(2), Offence::kCrash, now_ + 1s);
  few.add(source(3), Offence::kCrash, now_ + 2s);
  EXPECT_FALSE(few.refuses(source(1), now_ + 2s));
  EXPECT_TRUE(few.refuses(source(2), now_ + 2s));
  EXPECT_TRUE(few.refuses(source(3), now_ + 2s));
}

TEST_F(PenaltiesTest, OrRefusesEverybodyIfThatIsWanted) {
  Penalties few({.max_sources = 2, .refuse_all_on_overflow = true});
  few.add(source(1), Offence::kCrash, now_);
  EXPECT_FALSE(few.refuses(source(9), now_));
  few.add(source(2), Offence::kCrash, now_);
  few.add(source(3), Offence::kCrash, now_);
  EXPECT_TRUE(few.refuses(source(9), now_));
  EXPECT_FALSE(few.refuses(source(9), now_ + 90s));
}

TEST_F(PenaltiesTest, CanBeTurnedOff) {
  Penalties off({.enabled = false});
  off.add(source(1), Offence::kCrash, now_);
  EXPECT_FALSE(off.refuses(source(1), now_));
}

}  // namespace
}  // namespace zomg::monitor
