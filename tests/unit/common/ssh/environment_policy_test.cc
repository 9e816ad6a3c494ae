#include "common/ssh/environment_policy.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace zomg::common {
namespace {

TEST(EnvironmentPolicy, AcceptsLocaleAndColour) {
  EXPECT_TRUE(may_set_variable("LANG", "C.UTF-8"));
  EXPECT_TRUE(may_set_variable("LC_ALL", ""));
  EXPECT_TRUE(may_set_variable("LC_CTYPE", "de_DE.UTF-8"));
  EXPECT_TRUE(may_set_variable("COLORTERM", "truecolor"));
  EXPECT_TRUE(may_set_variable("LC_my_var", std::string(3000, 'x')));
}

TEST(EnvironmentPolicy, RefusesEverythingElse) {
  for (const char* name : {"", "PATH", "LD_PRELOAD", "LANGUAGE", "LC_", "LC_ALL=x", "LC_a-b",
                           "TERM", "lang", "COLORTERM2", "BASH_ENV"}) {
    EXPECT_FALSE(may_set_variable(name, "x")) << name;
  }
}

TEST(EnvironmentPolicy, RefusesWhatIsOverItsBoundOrHasNul) {
  using std::string_view_literals::operator""sv;
  EXPECT_FALSE(may_set_variable("LANG", "a\0b"sv));
  EXPECT_FALSE(may_set_variable("LANG", std::string(limits::kMaxEnvironmentValueBytes + 1, 'x')));
  EXPECT_FALSE(may_set_variable("LC_" + std::string(limits::kMaxEnvironmentNameBytes, 'X'), "x"));
}

TEST(EnvironmentPolicy, ALaterValueReplaces) {
  messages::Environment environment;
  EXPECT_TRUE(set_variable(environment, "LANG", "a"));
  EXPECT_TRUE(set_variable(environment, "LANG", "b"));
  ASSERT_EQ(environment.value.size(), 1u);
  EXPECT_EQ(environment.value[0].value.value, "b");
}

TEST(EnvironmentPolicy, ThereIsRoomForSoMany) {
  messages::Environment environment;
  for (std::size_t i = 0; i < limits::kMaxEnvironmentVariables; ++i) {
    EXPECT_TRUE(set_variable(environment, "LC_" + std::to_string(i), "x"));
  }
  EXPECT_FALSE(set_variable(environment, "LANG", "x"));
}

TEST(EnvironmentPolicy, ThereIsRoomForSoManyBytesInAll) {
  messages::Environment environment;
  const std::string longest(limits::kMaxEnvironmentValueBytes, 'x');
  EXPECT_TRUE(set_variable(environment, "LC_A", longest));
  EXPECT_FALSE(set_variable(environment, "LC_B", longest));
  EXPECT_TRUE(set_variable(environment, "LC_A", longest));  // which takes the room of the first
  EXPECT_TRUE(may_set_variables(environment));
  environment.value.push_back({std::string_view("LC_B"), std::string_view(longest)});
  EXPECT_FALSE(may_set_variables(environment));
}

TEST(EnvironmentPolicy, RefusesAllWhereOneIsRefused) {
  messages::Environment environment;
  environment.value.push_back({std::string_view("LANG"), std::string_view("C")});
  EXPECT_TRUE(may_set_variables(environment));
  environment.value.push_back({std::string_view("PATH"), std::string_view("/")});
  EXPECT_FALSE(may_set_variables(environment));
}

TEST(EnvironmentPolicy, AddMissingReplacesNothing) {
  messages::Environment environment;
  messages::Environment more;
  set_variable(environment, "LANG", "a");
  set_variable(more, "LANG", "b");
  set_variable(more, "LC_TIME", "c");
  add_missing(environment, more);
  ASSERT_EQ(environment.value.size(), 2u);
  EXPECT_EQ(environment.value[0].value.value, "a");
  EXPECT_EQ(environment.value[1].value.value, "c");
}

}  // namespace
}  // namespace zomg::common
