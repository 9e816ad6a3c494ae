#include "monitor/connections/startups.h"

#include <gtest/gtest.h>

#include <vector>

namespace zomg::monitor {
namespace {

using messages::ConnectionRefusal;

class StartupsTest : public testing::Test {
 protected:
  void fill(std::size_t count) {
    while (startups_.count() < count) places_.push_back(startups_.take(std::nullopt));
  }
  /// The lowest throw of the dice with which one more is let in.
  std::uint64_t likelihood() {
    for (dice_ = 0; dice_ < 100; ++dice_) {
      if (!startups_.refuse(std::nullopt)) break;
    }
    return dice_;
  }
  const Network one_ = *Network::parse("192.0.2.1");
  const Network two_ = *Network::parse("192.0.2.2");

  std::uint64_t dice_ = 0;
  Startups startups_{{10, 30, 100}, 3, [this] { return dice_; }};
  std::vector<Startups::Place> places_;
};

TEST_F(StartupsTest, DropsNothingBelowBeginAndEverythingAtFull) {
  fill(9);
  EXPECT_EQ(likelihood(), 0U);
  fill(100);
  EXPECT_EQ(likelihood(), 100U);
  EXPECT_EQ(startups_.refuse(std::nullopt), ConnectionRefusal::kMaxStartups);
}

TEST_F(StartupsTest, DropsMoreTheMoreThereAre) {
  fill(10);
  EXPECT_EQ(likelihood(), 30U);
  fill(55);
  EXPECT_EQ(likelihood(), 65U);
  fill(99);
  EXPECT_EQ(likelihood(), 99U);
}

TEST_F(StartupsTest, APlaceIsGivenBackOnce) {
  fill(100);
  places_.back().leave();
  places_.back().leave();
  EXPECT_EQ(startups_.count(), 99U);
  places_.clear();
  EXPECT_EQ(startups_.count(), 0U);
}

TEST_F(StartupsTest, ASourceHasItsOwnLimit) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(startups_.refuse(one_));
    places_.push_back(startups_.take(one_));
  }
  EXPECT_EQ(startups_.refuse(one_), ConnectionRefusal::kPerSourceMaxStartups);
  EXPECT_FALSE(startups_.refuse(two_));
  places_.pop_back();
  EXPECT_FALSE(startups_.refuse(one_));
}

TEST_F(StartupsTest, AClientBehindAProxyCountsOnceItIsKnown) {
  for (int i = 0; i < 3; ++i) {
    places_.push_back(startups_.take(std::nullopt));
    EXPECT_TRUE(places_.back().move_to(one_));
  }
  Startups::Place fourth = startups_.take(std::nullopt);
  EXPECT_FALSE(fourth.move_to(one_));
  EXPECT_TRUE(fourth.move_to(two_));
  places_.clear();
  EXPECT_FALSE(startups_.refuse(one_));
}

TEST(StartupsWithoutEarlyDropsTest, DropAtFullOnly) {
  Startups startups({2, 100, 2}, 0, [] { return std::uint64_t{0}; });
  const auto first = startups.take(std::nullopt);
  EXPECT_FALSE(startups.refuse(std::nullopt));
  const auto second = startups.take(std::nullopt);
  EXPECT_TRUE(startups.refuse(std::nullopt));
}

}  // namespace
}  // namespace zomg::monitor
