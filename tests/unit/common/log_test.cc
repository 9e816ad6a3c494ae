#include "common/log.h"

#include <gtest/gtest.h>

namespace zomg {
namespace {

TEST(Log, EscapesWhatCouldForgeALine) {
  EXPECT_EQ(log::escaped("a\nb\x1b[31m\\\xe2"), "a\\x0ab\\x1b[31m\\\\\\xe2");
}

TEST(Log, KnowsTheLevelsByName) {
  log::Level level = log::Level::kInfo;
  EXPECT_TRUE(log::parse_level("warning", level));
  EXPECT_EQ(level, log::Level::kWarning);
  EXPECT_FALSE(log::parse_level("loud", level));
}

}  // namespace
}  // namespace zomg
