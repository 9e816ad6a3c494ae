#include "sessiond/kubectl/klog_filter.h"

#include <gtest/gtest.h>

namespace zomg::kubectl {
namespace {

constexpr std::string_view kLine =
    "E1128 10:02:03.123456    1234 v2.go:130] \"Unhandled Error\" err=\"write on closed stream "
    "0\"\n";

TEST(KlogFilter, TakesALineOfItsProcessWhereverItIs) {
  KlogFilter filter(1234);
  EXPECT_EQ(filter.take("no line end" + std::string(kLine) + "more\n"), "no line endmore\n");
  EXPECT_EQ(filter.take_log(), kLine);
  EXPECT_EQ(filter.take_log(), "");
}

TEST(KlogFilter, PutsALineTogetherFromSingleBytes) {
  KlogFilter filter(1234);
  std::string out;
  for (const char c : "EE" + std::string(kLine) + "x") out += filter.take({&c, 1});
  EXPECT_EQ(out, "EEx");
  EXPECT_FALSE(filter.holds_back());
}

TEST(KlogFilter, LeavesTheLinesOfOthers) {
  KlogFilter filter(123);
  EXPECT_EQ(filter.take(kLine), kLine);
  KlogFilter other(12345);
  EXPECT_EQ(other.take(kLine), kLine);
  const std::string plain = "E1128 10:02:03 1234 FWIE E1128 10:02:03.12345x 1234 ";
  KlogFilter third(1234);
  EXPECT_EQ(third.take(plain), plain);
}

TEST(KlogFilter, GivesOutWhatItKeptBack) {
  KlogFilter filter(1234);
  EXPECT_EQ(filter.take("a E1128 10"), "a ");
  EXPECT_TRUE(filter.holds_back());
  EXPECT_EQ(filter.release(), "E1128 10");
  EXPECT_FALSE(filter.holds_back());
}

}  // namespace
}  // namespace zomg::kubectl
