#include "listener/connection/receive_window.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/limits.h"

namespace zomg::connection {
namespace {

constexpr std::size_t kFirst = 2 * 1024 * 1024;
constexpr std::size_t kMost = limits::kMaxReceiveWindowBytes;

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
  ReceiveWindow window;
  EXPECT_EQ(window.grant(), kFirst);
  EXPECT_EQ(window.grant(), 0U);
}

TEST(ReceiveWindow, AllowsWhatItGrantedAndATenthOfAWindowMoreInAll) {
  ReceiveWindow window;
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
  ReceiveWindow window;
  ASSERT_EQ(window.grant(), kFirst);
  ASSERT_TRUE(window.arrive(kFirst));
  EXPECT_EQ(window.grant(), 0U);
  window.take(kFirst / 4 - 1);
  EXPECT_EQ(window.grant(), 0U);
  window.take(1);
  EXPECT_EQ(window.grant(), kFirst / 4);
}

TEST(ReceiveWindow, GrowsWithAProgramThatKeepsUpAndThenNoMore) {
  ReceiveWindow window;
  ASSERT_EQ(window.grant(), kFirst);
  EXPECT_LE(transfer(window, kFirst, kFirst - 1), kFirst);
  ReceiveWindow far;
  ASSERT_EQ(far.grant(), kFirst);
  const std::size_t allowed = transfer(far, kFirst, 100 * kFirst);
  EXPECT_GT(allowed, kMost * 3 / 4);
  EXPECT_LE(allowed, kMost);
}

TEST(ReceiveWindow, IsSmallAgainWhenTheProgramFallsBehind) {
  ReceiveWindow window;
  ASSERT_EQ(window.grant(), kFirst);
  const std::size_t allowed = transfer(window, kFirst, 100 * kFirst);
  ASSERT_TRUE(window.arrive(allowed));
  window.take(allowed - kFirst);
  EXPECT_EQ(window.grant(), 0U);
  window.take(kFirst);
  EXPECT_EQ(window.grant(), kFirst);
}

}  // namespace
}  // namespace zomg::connection
