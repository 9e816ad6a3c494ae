#include "listener/connection/protocol/pace.h"

#include <gtest/gtest.h>

namespace zomg::connection {
namespace {

using std::chrono::milliseconds;

const Pace::Clock::time_point kStart{std::chrono::hours(1)};
/// No socket: nothing is known of the line.
constexpr int kNone = -1;

TEST(Pace, DoesNotLimitWhereNobodyTypes) {
  Pace pace;
  pace.look(0, kNone, kStart);
  EXPECT_EQ(pace.most(), Flight::kUnlimited);
  EXPECT_EQ(pace.deadline(), Pace::Clock::time_point::max());
}

TEST(Pace, LimitsForASecondAfterAKey) {
  Pace pace;
  pace.look(1, kNone, kStart);
  EXPECT_EQ(pace.most(), 256U * 1024);
  EXPECT_EQ(pace.deadline(), kStart + milliseconds(1000));
  pace.look(1, kNone, kStart + milliseconds(999));
  EXPECT_EQ(pace.most(), 256U * 1024);
  pace.look(1, kNone, kStart + milliseconds(1000));
  EXPECT_EQ(pace.most(), Flight::kUnlimited);
}

TEST(Pace, EachKeyBeginsTheSecondAnew) {
  Pace pace;
  pace.look(1, kNone, kStart);
  pace.look(2, kNone, kStart + milliseconds(900));
  pace.look(2, kNone, kStart + milliseconds(1800));
  EXPECT_EQ(pace.most(), 256U * 1024);
}

TEST(Pace, ATerminalThatIsGoneIsNoKey) {
  Pace pace;
  pace.look(5, kNone, kStart);
  pace.look(0, kNone, kStart + milliseconds(1000));
  EXPECT_EQ(pace.most(), Flight::kUnlimited);
}

}  // namespace
}  // namespace zomg::connection
