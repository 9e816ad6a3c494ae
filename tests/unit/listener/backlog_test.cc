#include "listener/connection/backlog.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace zomg::connection
