#include "common/ssh/login_name.h"

#include <gtest/gtest.h>

namespace zomg::common {
namespace {

TEST(LoginName, SplitsAtTheFirstDoubleDash) {
  EXPECT_EQ(*parse_login_name("demo--box1"), (LoginName{"demo", "box1", ""}));
  EXPECT_EQ(*parse_login_name("a--b--c"), (LoginName{"a", "b--c", ""}));
  EXPECT_EQ(*parse_login_name("A.b_c-d--9"), (LoginName{"A.b_c-d", "9", ""}));
}

TEST(LoginName, TakesHalvesOfUpTo63Characters) {
  const std::string longest(63, 'x');
  EXPECT_TRUE(parse_login_name(longest + "--" + longest));
  EXPECT_FALSE(parse_login_name(longest + "x--box"));
  EXPECT_FALSE(parse_login_name("demo--" + longest + "x"));
}

TEST(LoginName, MayNameAContainer) {
  const auto name = parse_login_name("a--b--c+log-ger1");
  ASSERT_TRUE(name);
  EXPECT_EQ(*name, (LoginName{"a", "b--c", "log-ger1"}));
  EXPECT_EQ(name->box_name(), "a--b--c");
  EXPECT_EQ(name->text(), "a--b--c+log-ger1");
  EXPECT_EQ((LoginName{"a", "b", ""}).text(), "a--b");
  const std::string longest(63, 'x');
  EXPECT_TRUE(parse_login_name("demo--box+" + longest));
  for (const std::string& wrong :
       {std::string(), longest + "x", std::string("App"), std::string("-app"), std::string("app-"),
        std::string("a+b"), std::string("a.b"), std::string("a_b")}) {
    EXPECT_FALSE(parse_login_name("demo--box+" + wrong)) << wrong;
  }
  EXPECT_FALSE(parse_login_name("demo+app--box"));
}

TEST(LoginName, RefusesWhatIsNoPairOfLabelValues) {
  using namespace std::string_literals;
  for (const std::string& name :
       {""s, "demo"s, "demo-box"s, "--box"s, "demo--"s, "--"s, "demo---box"s, "-demo--box"s,
        "demo--box-"s, "demo--.box"s, "de mo--box"s, "demo--b/x"s, "demo--box\n"s, "demo--b\0x"s,
        "demo--b,x=y"s, "demo--$(id)"s, "d\xc3\xa9mo--box"s, "demo--\"box\""s, "demo--{box}"s}) {
    EXPECT_FALSE(parse_login_name(name)) << name;
  }
}

}  // namespace
}  // namespace zomg::common
