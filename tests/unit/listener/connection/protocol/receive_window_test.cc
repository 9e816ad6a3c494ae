#include "listener/connection/protocol/receive_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "common/base/limits.h"

namespace zomg::connection {
namespace {

constexpr std::size_t kFirst = 2 * 1024 * 1024;
constexpr std::size_t kMost = limits::kMaxReceiveWindowBytes;
constexpr std::size_t kLeast = limits::kLeastReceiveWindowBytes;
constexpr std::size_t kPlenty = 100 * kMost;

/// A client that sends all that it may, and a program that takes it at once.
std::size_t transfer(ReceiveWindow& window, std::size_t allowed, std::size_t bytes) {
  constexpr std::size_t kPacket = 32 * 1024;
  while (bytes > 0) {
    const std::size_t sent = std::min({kPacket, allowed, bytes});
    EXPECT_GT(sent, 0U);
    EXPECT_TRUE(window.arrive(sent));
    window.take(sent);
    bytes -= sent;
    allowed = allowed - sent + window.grant();
  }
  return allowed;
}

TEST(ReceiveWindow, BeginsAsOpenSshsDoes) {
  WindowBudget budget(kPlenty);
  ReceiveWindow window(budget);
  EXPECT_EQ(window.grant(), kFirst);
  EXPECT_EQ(window.grant(), 0U);
}

TEST(ReceiveWindow, AllowsWhatItGrantedAndATenthOfAWindowMoreInAll) {
  WindowBudget budget(kPlenty);
  ReceiveWindow window(budget);
  ASSERT_EQ(window.grant(), kFirst);
  EXPECT_TRUE(window.arrive(kFirst - 40));
  EXPECT_TRUE(window.arrive(40));
  EXPECT_TRUE(window.arrive(kFirst / 20));
  EXPECT_EQ(window.grant(), 0U);
  EXPECT_TRUE(window.arrive(kFirst / 20));
  EXPECT_FALSE(window.arrive(2));
  EXPECT_TRUE(window.arrive(0));
}

TEST(ReceiveWindow, GrantsNothingForWhatWaits) {
  WindowBudget budget(kPlenty);
  ReceiveWindow window(budget);
  ASSERT_EQ(window.grant(), kFirst);
  ASSERT_TRUE(window.arrive(kFirst));
  EXPECT_EQ(window.grant(), 0U);
  window.take(kFirst / 4 - 1);
  EXPECT_EQ(window.grant(), 0U);
  window.take(1);
  EXPECT_EQ(window.grant(), kFirst / 4);
}

TEST(ReceiveWindow, GrowsWithAProgramThatKeepsUpAndThenNoMore) {
  WindowBudget budget(kPlenty);
  ReceiveWindow window(budget);
  ASSERT_EQ(window.grant(), kFirst);
  EXPECT_LE(transfer(window, kFirst, kFirst - 1), kFirst);
  ReceiveWindow far(budget);
  ASSERT_EQ(far.grant(), kFirst);
  const std::size_t allowed = transfer(far, kFirst, 100 * kFirst);
  EXPECT_GT(allowed, kMost * 3 / 4);
  EXPECT_LE(allowed, kMost);
}

TEST(ReceiveWindow, IsSmallAgainWhenTheProgramFallsBehind) {
  WindowBudget budget(kPlenty);
  ReceiveWindow window(budget);
  ASSERT_EQ(window.grant(), kFirst);
  const std::size_t allowed = transfer(window, kFirst, 100 * kFirst);
  ASSERT_TRUE(window.arrive(allowed));
  window.take(allowed - kFirst);
  EXPECT_EQ(window.grant(), 0U);
  window.take(kFirst);
  EXPECT_EQ(window.grant(), kFirst);
}

TEST(ReceiveWindow, AllChannelsTogetherStayWithinTheBudget) {
  constexpr std::size_t kTotal = 3 * kFirst;
  WindowBudget budget(kTotal);
  std::deque<ReceiveWindow> windows;
  std::size_t granted = 0;
  for (int i = 0; i < 32; ++i) {
    const std::uint32_t first = windows.emplace_back(budget).grant();
    EXPECT_GE(first, kLeast) << i;
    ASSERT_TRUE(windows.back().arrive(first));  // which the program does not take
    granted += first;
  }
  EXPECT_LE(granted, kTotal + 32 * kLeast);
  EXPECT_GT(granted, kTotal * 9 / 10);
  for (ReceiveWindow& window : windows) EXPECT_EQ(window.grant(), 0U);
}

TEST(ReceiveWindow, AChannelThatEndsGivesItsShareBack) {
  WindowBudget budget(kFirst);
  {
    ReceiveWindow window(budget);
    ASSERT_GT(window.grant(), kFirst / 2);
    EXPECT_LT(budget.spare(), kFirst / 2);
  }
  EXPECT_EQ(budget.spare(), kFirst);
}

TEST(ReceiveWindow, WithoutABudgetItGoesOnWithTheLeast) {
  WindowBudget budget;
  ReceiveWindow window(budget);
  ASSERT_EQ(window.grant(), kLeast);
  EXPECT_EQ(transfer(window, kLeast, 100 * kLeast), kLeast);
  EXPECT_EQ(budget.spare(), 0U);
}

}  // namespace
}  // namespace zomg::connection
