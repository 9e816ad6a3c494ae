#include "monitor/settings/spelling.h"

#include <gtest/gtest.h>

#include <array>

namespace zomg::monitor {
namespace {

const std::array<std::string, 3> kNames{"listen", "drain_secs", "chroot"};

TEST(NearestName, IsTheOneWithASlipOfTheFingers) {
  EXPECT_EQ(nearest_name("lsiten", kNames), "listen");
  EXPECT_EQ(nearest_name("drain_sec", kNames), "drain_secs");
  EXPECT_EQ(nearest_name("drain-secs", kNames), "drain_secs");
  EXPECT_EQ(nearest_name("chrrot", kNames), "chroot");
}

TEST(NearestName, IsNoneForAnotherWord) {
  EXPECT_EQ(nearest_name("namespace", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("", kNames), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(100'000, 'l'), kNames), std::nullopt);
}

}  // namespace
}  // namespace zomg::monitor
