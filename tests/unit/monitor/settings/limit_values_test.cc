#include "monitor/settings/limit_values.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

TEST(LimitValuesTest, MaxStartups) {
  Settings settings;
  ASSERT_TRUE(set_max_startups(settings, "5:50:60"));
  EXPECT_EQ(settings.max_startups, (MaxStartups{5, 50, 60}));
  EXPECT_EQ(show_max_startups(settings), "5:50:60");
  ASSERT_TRUE(set_max_startups(settings, "20"));
  EXPECT_EQ(settings.max_startups, (MaxStartups{20, 100, 20}));
  for (const char* bad : {"", "0", "10:30", "10:0:100", "10:101:100", "100:30:10", "10:30:100:1",
                          "a:30:100", "10:30:99999999", "-1"}) {
    EXPECT_FALSE(set_max_startups(settings, bad)) << bad;
  }
}

TEST(LimitValuesTest, NetBlockSize) {
  Settings settings;
  ASSERT_TRUE(set_net_block_size(settings, "24:56"));
  EXPECT_EQ(settings.net_block_size, (NetBlockSize{24, 56}));
  ASSERT_TRUE(set_net_block_size(settings, "16"));
  EXPECT_EQ(settings.net_block_size, (NetBlockSize{16, 128}));
  for (const char* bad : {"", "33", "24:129", "0:64", "24:", "24:64:1"}) {
    EXPECT_FALSE(set_net_block_size(settings, bad)) << bad;
  }
}

TEST(LimitValuesTest, Penalties) {
  Settings settings;
  ASSERT_TRUE(set_penalties(settings, "authfail:1m  max:1h overflow:deny-all max-sources:10"));
  EXPECT_EQ(settings.penalties.authentication_failed, 60s);
  EXPECT_EQ(settings.penalties.no_authentication, 1s);
  EXPECT_EQ(settings.penalties.max, 1h);
  EXPECT_EQ(settings.penalties.max_sources, 10U);
  EXPECT_TRUE(settings.penalties.refuse_all_on_overflow);
  ASSERT_TRUE(set_penalties(settings, "no"));
  EXPECT_FALSE(settings.penalties.enabled);
  EXPECT_EQ(show_penalties(settings), "no");
  ASSERT_TRUE(set_penalties(settings, "yes"));
  EXPECT_EQ(settings.penalties, PenaltyRules{});
  for (const char* bad :
       {"authfail", "authfail:x", "nothing:5s", "overflow:maybe", "max-sources:0"}) {
    EXPECT_FALSE(set_penalties(settings, bad)) << bad;
    EXPECT_EQ(settings.penalties, PenaltyRules{}) << bad;
  }
}

}  // namespace
}  // namespace zomg::monitor
