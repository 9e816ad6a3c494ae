#include "monitor/settings/values.h"

#include <gtest/gtest.h>

namespace zomg::monitor::values {
namespace {

using namespace std::chrono_literals;

TEST(WholeValue, IsADecimalNumberInItsRange) {
  EXPECT_EQ(*parse_whole("7", 7, 9), 7);
  EXPECT_EQ(*parse_whole("9", 7, 9), 9);
  for (const char* text :
       {"6", "10", "", " 7", "7 ", "+7", "-7", "7.0", "0x7", "seven", "18446744073709551623"}) {
    EXPECT_FALSE(parse_whole(text, 7, 9)) << text;
  }
}

TEST(DurationValue, IsSecondsOrNumbersWithUnits) {
  const std::chrono::seconds max = 365 * 24h;
  EXPECT_EQ(*parse_duration("0", 0s, max), 0s);
  EXPECT_EQ(*parse_duration("90", 0s, max), 90s);
  EXPECT_EQ(*parse_duration("90s", 0s, max), 90s);
  EXPECT_EQ(*parse_duration("5M", 0s, max), 5min);
  EXPECT_EQ(*parse_duration("1h30m", 0s, max), 90min);
  EXPECT_EQ(*parse_duration("2w1d", 0s, max), 15 * 24h);
}

TEST(DurationValue, RefusesWhatIsNoneOrOutOfItsRange) {
  for (const char* text : {"", "m", "5x", "-5", "5 m", "1h m", "301", "6m", "4",
                           "99999999999999999999", "9999999999999999w"}) {
    EXPECT_FALSE(parse_duration(text, 5s, 5min)) << text;
  }
}

TEST(DurationValue, IsShownInTheLargestUnitThatDividesIt) {
  EXPECT_EQ(show_duration(0s), "0");
  EXPECT_EQ(show_duration(90s), "90s");
  EXPECT_EQ(show_duration(300s), "5m");
  EXPECT_EQ(show_duration(7 * 24h), "1w");
}

TEST(HttpsUrlValue, IsAHostWithOrWithoutAPortAndAPath) {
  for (const char* url : {"https://github.com", "https://ghe.example:8443", "https://[::1]:443/a/b",
                          "https://ghe.example/keys"}) {
    EXPECT_EQ(*parse_https_url(url), url);
  }
  EXPECT_EQ(*parse_https_url("https://github.com/"), "https://github.com");
}

TEST(HttpsUrlValue, RefusesWhatSaysMoreOrLess) {
  for (const char* url : {"", "github.com", "http://github.com", "https://", "https:///a",
                          "file:///etc/passwd", "https://user:word@host", "https://host?a=b",
                          "https://host#a", "https://ho st", "https://host/%2e", "HTTPS://host"}) {
    EXPECT_FALSE(parse_https_url(url)) << url;
  }
}

TEST(YesNoValue, TakesTheWordsOfSshdAndOfYaml) {
  EXPECT_TRUE(*parse_yes_no("yes"));
  EXPECT_TRUE(*parse_yes_no("true"));
  EXPECT_FALSE(*parse_yes_no("no"));
  EXPECT_FALSE(*parse_yes_no("false"));
  for (const char* text : {"", "Yes", "1", "on"}) EXPECT_FALSE(parse_yes_no(text)) << text;
}

TEST(PathValue, IsAbsoluteShortEnoughAndPrintable) {
  EXPECT_EQ(*parse_path("/a", 2), "/a");
  for (const char* text : {"", "a", "/ab", "/\n", "/\x7f"}) {
    EXPECT_FALSE(parse_path(text, 2)) << text;
  }
}

TEST(ChoiceValue, IsOneOfTheNamesAndTheErrorListsThem) {
  EXPECT_EQ(*parse_choice("cri", {"auto", "cri"}), 1);
  const auto wrong = parse_choice("CRI", {"auto", "cri"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "CRI is none of auto, cri");
}

TEST(ListValue, IsSplitAtCommasWithoutTheBlanksAround) {
  EXPECT_EQ(*split_list("a, b ,c", 3), (std::vector<std::string_view>{"a", "b", "c"}));
  for (const char* text : {"", ",", "a,", ",a", "a, ,b", "a,b,c,d"}) {
    EXPECT_FALSE(split_list(text, 3)) << text;
  }
  EXPECT_EQ(join_list({"a", "b"}), "a,b");
}

TEST(ListenAddressValue, IsShownAsItIsRead) {
  for (const char* text : {"0.0.0.0:2222", "[::]:22"}) {
    EXPECT_EQ(show_listen_address(*parse_listen_address(text)), text);
  }
}

}  // namespace
}  // namespace zomg::monitor::values
