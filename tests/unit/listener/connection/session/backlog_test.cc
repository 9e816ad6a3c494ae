#include "listener/connection/session/backlog.h"

#include <gtest/gtest.h>

#include <string>

namespace zomg::connection {
namespace {

TEST(Backlog, KeepsTheOrder) {
  Backlog backlog;
  std::string expected;
  std::string got;
  for (int round = 0; round < 1000; ++round) {
    const std::string piece = std::to_string(round) + ",";
    backlog.append(piece);
    expected += piece;
    const std::string_view front = backlog.view().substr(0, static_cast<std::size_t>(round % 7));
    got += front;
    backlog.remove(front.size());
  }
  got += backlog.view();
  EXPECT_EQ(got, expected);
}

TEST(Backlog, IsEmptyWhenAllWasRemoved) {
  Backlog backlog;
  EXPECT_TRUE(backlog.empty());
  backlog.append("abc");
  backlog.remove(2);
  EXPECT_FALSE(backlog.empty());
  EXPECT_EQ(backlog.view(), "c");
  backlog.remove(1);
  EXPECT_TRUE(backlog.empty());
  EXPECT_EQ(backlog.view(), "");
}

TEST(Backlog, MuchWaitsInPiecesAndInOrder) {
  Backlog backlog;
  std::string expected;
  for (int i = 0; i < 40'000; ++i) expected += std::to_string(i);
  backlog.append("x");
  backlog.append(expected);
  backlog.remove(1);
  std::string got;
  while (!backlog.empty()) {
    const std::string_view front = backlog.view().substr(0, 5000);
    got += front;
    backlog.remove(front.size());
  }
  EXPECT_EQ(got, expected);
}

}  // namespace
}  // namespace zomg::connection
