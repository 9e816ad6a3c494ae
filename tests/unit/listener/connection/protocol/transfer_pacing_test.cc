#include "listener/connection/protocol/transfer_pacing.h"

#include <gtest/gtest.h>

namespace zomg::connection {
namespace {

using std::chrono::milliseconds;

const TransferPacing::Clock::time_point kStart{std::chrono::hours(1)};
/// No socket: nothing is known of the line.
constexpr int kNone = -1;

TEST(TransferPacing, DoesNotLimitWhereNobodyTypes) {
  TransferPacing pace;
  pace.look(0, kNone, kStart);
  EXPECT_EQ(pace.most(), InFlight::kUnlimited);
  EXPECT_EQ(pace.deadline(), TransferPacing::Clock::time_point::max());
}

TEST(TransferPacing, LimitsForASecondAfterAKey) {
  TransferPacing pace;
  pace.look(1, kNone, kStart);
  EXPECT_EQ(pace.most(), 256U * 1024);
  EXPECT_EQ(pace.deadline(), kStart + milliseconds(1000));
  pace.look(1, kNone, kStart + milliseconds(999));
  EXPECT_EQ(pace.most(), 256U * 1024);
  pace.look(1, kNone, kStart + milliseconds(1000));
  EXPECT_EQ(pace.most(), InFlight::kUnlimited);
}

TEST(TransferPacing, EachKeyBeginsTheSecondAnew) {
  TransferPacing pace;
  pace.look(1, kNone, kStart);
  pace.look(2, kNone, kStart + milliseconds(900));
  pace.look(2, kNone, kStart + milliseconds(1800));
  EXPECT_EQ(pace.most(), 256U * 1024);
}

TEST(TransferPacing, ATerminalThatIsGoneIsNoKey) {
  TransferPacing pace;
  pace.look(5, kNone, kStart);
  pace.look(0, kNone, kStart + milliseconds(1000));
  EXPECT_EQ(pace.most(), InFlight::kUnlimited);
}

}  // namespace
}  // namespace zomg::connection
