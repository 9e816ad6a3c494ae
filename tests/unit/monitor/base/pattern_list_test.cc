#include "monitor/base/pattern_list.h"

#include <gtest/gtest.h>

#include <chrono>

namespace zomg::monitor {
namespace {

TEST(Pattern, MatchesAsSshConfigSays) {
  struct Case {
    const char* text;
    const char* pattern;
    bool matches;
  };
  for (const Case& c : {
           Case{"", "", true},
           Case{"a", "", false},
           Case{"", "*", true},
           Case{"", "?", false},
           Case{"a", "?", true},
           Case{"ab", "?", false},
           Case{"demo--box1", "demo--*", true},
           Case{"demo--", "demo--*", true},
           Case{"demo-box1", "demo--*", false},
           Case{"xdemo--box1", "demo--*", false},
           Case{"demo--box1", "*--box?", true},
           Case{"demo--box12", "*--box?", false},
           Case{"aXbXc", "a*b*c", true},
           Case{"aXbXcX", "a*b*c", false},
           Case{"ababac", "*abac", true},
           Case{"abab", "*ab", true},
           Case{"ab", "a**?*", true},
           Case{"a", "a*?", false},
           Case{"DEMO", "demo", false},
           Case{"a*b", "a*b", true},
       }) {
    EXPECT_EQ(matches_pattern(c.text, c.pattern), c.matches) << c.text << " against " << c.pattern;
  }
}

TEST(Pattern, HasNoExponentialCase) {
  std::string pattern;
  for (int i = 0; i < 4000; ++i) pattern += "*a";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches_pattern(std::string(16000, 'a') + "b", pattern));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

bool matches(std::string_view list, std::string_view text) {
  const auto patterns = PatternList::parse(list);
  return patterns && patterns->matches(text);
}

TEST(PatternList, MatchesWhatAnyPatternDoes) {
  EXPECT_TRUE(matches("proj--*,other--web", "proj--a"));
  EXPECT_TRUE(matches("proj--*,other--web", "other--web"));
  EXPECT_FALSE(matches("proj--*,other--web", "other--web2"));
}

TEST(PatternList, ExcludesWhatANegatedPatternMatchesWhereverItStands) {
  EXPECT_FALSE(matches("!proj--db,proj--*", "proj--db"));
  EXPECT_FALSE(matches("proj--*,!proj--db", "proj--db"));
  EXPECT_TRUE(matches("proj--*,!proj--db", "proj--web"));
}

TEST(PatternList, OfNegatedPatternsOnlyMatchesNothing) {
  EXPECT_FALSE(matches("!proj--db", "proj--web"));
}

TEST(PatternList, WithAnEmptyEntryIsRefused) {
  for (const char* list : {"", ",", "a,", ",a", "a,,b", "!", "a,!"}) {
    EXPECT_FALSE(PatternList::parse(list)) << list;
  }
}

}  // namespace
}  // namespace zomg::monitor
