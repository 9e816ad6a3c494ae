#include "listener/connection/protocol/rekeying.h"

#include <gtest/gtest.h>

namespace zomg::connection {
namespace {

using namespace std::chrono_literals;

TEST(RekeyingTest, LastsFromTheFirstKexinitToTheEnd) {
  const auto start = Rekeying::Clock::now();
  Rekeying rekeying;
  EXPECT_FALSE(rekeying.under_way());
  rekeying.begin(start);
  EXPECT_TRUE(rekeying.under_way());
  rekeying.end();
  EXPECT_FALSE(rekeying.under_way());
}

TEST(RekeyingTest, HasADeadlineThatTheClientsAnswerDoesNotMove) {
  const auto start = Rekeying::Clock::now();
  Rekeying rekeying;
  EXPECT_EQ(rekeying.deadline(), Rekeying::Clock::time_point::max());
  EXPECT_FALSE(rekeying.is_late(start + 1000h));
  rekeying.begin(start);
  rekeying.begin(start + limits::kRekeyingTimeout - 1s);
  EXPECT_FALSE(rekeying.is_late(start + limits::kRekeyingTimeout - 1ns));
  EXPECT_TRUE(rekeying.is_late(start + limits::kRekeyingTimeout));
  rekeying.end();
  EXPECT_EQ(rekeying.deadline(), Rekeying::Clock::time_point::max());
}

TEST(RekeyingTest, BoundsTheBytesThatWait) {
  Rekeying rekeying;
  // What began it was kept before.
  rekeying.keep(limits::kMaxBytesBehindRekeying / 2);
  rekeying.begin(Rekeying::Clock::now());
  rekeying.keep(limits::kMaxBytesBehindRekeying / 2 - 1024);
  EXPECT_FALSE(rekeying.keeps_too_much());
  rekeying.keep(1024);
  EXPECT_TRUE(rekeying.keeps_too_much());
  rekeying.end();
  EXPECT_FALSE(rekeying.keeps_too_much());
}

TEST(RekeyingTest, SmallPacketsTakeMoreThanTheirBytes) {
  Rekeying rekeying;
  rekeying.begin(Rekeying::Clock::now());
  unsigned kept = 0;
  for (; !rekeying.keeps_too_much(); ++kept) rekeying.keep(1);
  // Every session's last words fit many times over.
  EXPECT_GT(kept, 50 * limits::kMaxSessionsPerConnection);
  EXPECT_LT(kept, 4096u);
}

}  // namespace
}  // namespace zomg::connection
