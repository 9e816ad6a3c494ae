#include "monitor/connections/departed_clients.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

TEST(DepartedClients, EachIsTakenOnce) {
  DepartedClients departed;
  departed.add(7, "192.0.2.7");
  departed.add(8, "192.0.2.8");
  EXPECT_EQ(departed.take(7), "192.0.2.7");
  EXPECT_EQ(departed.take(7), std::nullopt);
  EXPECT_EQ(departed.take(9), std::nullopt);
  EXPECT_EQ(departed.take(8), "192.0.2.8");
}

TEST(DepartedClients, TheOldestMakesRoom) {
  DepartedClients departed;
  for (std::uint64_t i = 0; i <= DepartedClients::kMost; ++i) departed.add(i, "192.0.2.1");
  EXPECT_EQ(departed.take(0), std::nullopt);
  EXPECT_EQ(departed.take(1), "192.0.2.1");
  EXPECT_EQ(departed.take(DepartedClients::kMost), "192.0.2.1");
}

}  // namespace
}  // namespace zomg::monitor
