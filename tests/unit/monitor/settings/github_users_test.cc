#include "monitor/settings/github_users.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using Users = std::vector<GithubUser>;

TEST(GithubUsers, AreNamesWithOrWithoutAPattern) {
  EXPECT_EQ(*parse_github_users("octocat"), (Users{{"octocat", ""}}));
  EXPECT_EQ(*parse_github_users("a, b-2=demo--* ,c_corp"),
            (Users{{"a", ""}, {"b-2", "demo--*"}, {"c_corp", ""}}));
}

TEST(GithubUsers, OneWithSeveralPatternsHasThemAll) {
  EXPECT_EQ(*parse_github_users("a=demo--*,b,A=!demo--secret,a=x--y"),
            (Users{{"a", "demo--*,!demo--secret,x--y"}, {"b", ""}}));
}

TEST(GithubUsers, AreShownAsTheyAreRead) {
  for (const char* text : {"a", "a,b=demo--*,c", "a=x--*,a=!x--y,b"}) {
    EXPECT_EQ(show_github_users(*parse_github_users(text)), text);
  }
  EXPECT_EQ(show_github_users({}), "");
}

TEST(GithubUsers, WhatCouldChangeAUrlIsNoName) {
  for (const char* name : {"", "a/b", "../a", "a.keys", "a?b", "a#b", "a b", "a%2f", "a@b", "-a",
                           "a\nb", "\xc3\xa4", "0123456789012345678901234567890123456789"}) {
    EXPECT_FALSE(parse_github_users(name)) << name;
    EXPECT_FALSE(parse_github_users(std::string(name) + "=x--y")) << name;
  }
}

TEST(GithubUsers, ARestrictionThatCouldBeMissedIsRefused) {
  for (const char* text :
       {"a=", "a=x y", "a=x=y", "a=\"x--y\"", "a=!", "a,a", "a,a=x--y", "a=x--y,A", "a,,b", ","}) {
    EXPECT_FALSE(parse_github_users(text)) << text;
  }
}

}  // namespace
}  // namespace zomg::monitor
