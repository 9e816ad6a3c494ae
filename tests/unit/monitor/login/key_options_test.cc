#include "monitor/login/key_options.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "monitor/base/absolute_time.h"

namespace zomg::monitor {
namespace {

/// Parses what must be understood.
KeyOptions options(std::string_view text) {
  auto parsed = parse_key_options(text);
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
  return parsed ? std::move(*parsed) : KeyOptions();
}

TEST(KeyOptions, WithoutAnyAskForATouchOnly) {
  const KeyOptions none;
  EXPECT_TRUE(none.terminal_permitted);
  EXPECT_TRUE(none.touch_required);
  EXPECT_FALSE(none.verification_required);
  EXPECT_TRUE(permit(none, {"demo--box1", "192.0.2.1", 1}));
}

TEST(KeyOptions, CanHaveSessionsRecordedAndNeverTheOpposite) {
  EXPECT_FALSE(KeyOptions().record);
  EXPECT_TRUE(options("record").record);
  EXPECT_TRUE(options("restrict,pty,record").record);
  EXPECT_FALSE(parse_key_options("no-record"));
}

TEST(KeyOptions, EveryOneOfSshdIsUnderstood) {
  for (const char* text : {
           "agent-forwarding",
           "cert-authority",
           "command=\"/bin/true\"",
           "environment=\"LANG=C.UTF-8\"",
           "expiry-time=\"20300101\"",
           "from=\"192.0.2.0/24,!192.0.2.9,2001:db8::*\"",
           "no-agent-forwarding",
           "no-port-forwarding",
           "no-pty",
           "no-user-rc",
           "no-X11-forwarding",
           "permitlisten=\"8080\"",
           "permitlisten=\"localhost:8080\"",
           "permitopen=\"192.0.2.1:80\"",
           "permitopen=\"[2001:db8::1]:*\"",
           "port-forwarding",
           "cert-authority,principals=\"alice,bob\"",
           "pty",
           "no-touch-required",
           "verify-required",
           "restrict",
           "tunnel=\"0\"",
           "tunnel=\"any\"",
           "user-rc",
           "X11-forwarding",
           "restrict,pty,command=\"a,b c\",no-touch-required",
           "PTY,No-Pty,FROM=\"*\"",
       }) {
    EXPECT_TRUE(parse_key_options(text)) << text;
  }
}

TEST(KeyOptions, WhatIsNotUnderstoodIsRefused) {
  for (const char* text : {
           "",
           ",",
           "no-pty,",
           ",no-pty",
           "no-pty,,no-pty",
           "frobnicate",
           "no-frobnicate",
           "frobnicate=\"x\"",
           "no-restrict",
           "no-cert-authority",
           "restrict=\"yes\"",
           "command",
           "command=/bin/true",
           "command=\"/bin/true",
           "command=\"a\"b",
           "command=\"a\" ",
           "command=\"a\",command=\"a\"",
           "no-command=\"a\"",
           "environment=\"LANG\"",
           "environment=\"=C\"",
           "environment=\"PATH=/evil\"",
           "environment=\"LD_PRELOAD=x\"",
           "expiry-time=\"\"",
           "expiry-time=\"2030\"",
           "expiry-time=\"20301301\"",
           "from=\"\"",
           "from=\"*\",from=\"*\"",
           "from=\"192.0.2.1/24\"",
           "permitopen=\"\"",
           "permitopen=\"80\"",
           "permitopen=\"host:0\"",
           "permitopen=\"host:65536\"",
           "permitlisten=\"host:x\"",
           "principals=\"alice\"",
           "cert-authority,principals=\"\"",
           "cert-authority,principals=\"a,,b\"",
           "tunnel=\"\"",
           "tunnel=\"x\"",
           "boxes=\"\"",
           "boxes=\"a\",boxes=\"b\"",
       }) {
    EXPECT_FALSE(parse_key_options(text)) << text;
  }
  EXPECT_FALSE(parse_key_options(std::string_view("pty\0", 4)));
}

TEST(KeyOptions, TheLaterOfPtyRestrictAndNoPtyCounts) {
  EXPECT_FALSE(options("restrict").terminal_permitted);
  EXPECT_FALSE(options("no-pty").terminal_permitted);
  EXPECT_TRUE(options("restrict,pty").terminal_permitted);
  EXPECT_FALSE(options("pty,restrict").terminal_permitted);
}

TEST(KeyOptions, OnlyAQuoteIsEscapedInAValue) {
  EXPECT_EQ(options(R"(command="a \"b\" \\ \n c")").forced_command, R"(a "b" \\ \n c)");
  EXPECT_EQ(options("command=\"\"").forced_command, "");
}

TEST(KeyOptions, ACommandHasABound) {
  const std::string longest(limits::kMaxForcedCommandBytes, 'c');
  EXPECT_TRUE(parse_key_options("command=\"" + longest + "\""));
  EXPECT_FALSE(parse_key_options("command=\"" + longest + "c\""));
}

TEST(KeyOptions, TheFirstOfTwoVariablesCounts) {
  const auto& variables =
      options("environment=\"LANG=a=b\",environment=\"LC_TIME=c\",environment=\"LANG=d\"")
          .environment.value;
  ASSERT_EQ(variables.size(), 2U);
  EXPECT_EQ(variables[0].value.value, "a=b");
  EXPECT_EQ(variables[1].name.value, "LC_TIME");
}

TEST(KeyOptions, FidoFlagsTakeBothForms) {
  EXPECT_FALSE(options("no-touch-required").touch_required);
  EXPECT_TRUE(options("no-touch-required,touch-required").touch_required);
  EXPECT_TRUE(options("verify-required").verification_required);
  EXPECT_FALSE(options("verify-required,no-verify-required").verification_required);
}

TEST(KeyOptions, PermitByAddress) {
  const KeyOptions some = options("from=\"192.0.2.0/24,!192.0.2.9\"");
  EXPECT_TRUE(permit(some, {"demo--box1", "192.0.2.8", 1}));
  EXPECT_FALSE(permit(some, {"demo--box1", "192.0.2.9", 1}));
  EXPECT_FALSE(permit(some, {"demo--box1", "2001:db8::1", 1}));
}

TEST(KeyOptions, PermitByBox) {
  const KeyOptions some = options("boxes=\"demo--*,!demo--db,other--web\"");
  EXPECT_TRUE(permit(some, {"demo--box1", "192.0.2.1", 1}));
  EXPECT_TRUE(permit(some, {"other--web", "192.0.2.1", 1}));
  EXPECT_FALSE(permit(some, {"demo--db", "192.0.2.1", 1}));
  EXPECT_FALSE(permit(some, {"other--db", "192.0.2.1", 1}));
}

TEST(KeyOptions, PermitUntilTheyExpireAndTheEarliestTimeCounts) {
  const KeyOptions some =
      options("expiry-time=\"20300101Z\",expiry-time=\"20200101000001Z\",expiry-time=\"20250101\"");
  constexpr std::time_t kEnd = 1577836801;
  EXPECT_TRUE(permit(some, {"demo--box1", "192.0.2.1", kEnd}));
  EXPECT_FALSE(permit(some, {"demo--box1", "192.0.2.1", kEnd + 1}));
}

TEST(AbsoluteTime, ReadsEveryForm) {
  EXPECT_EQ(*parse_absolute_time("20200102Z"), 1577923200);
  EXPECT_EQ(*parse_absolute_time("202001020304Z"), 1577934240);
  EXPECT_EQ(*parse_absolute_time("20200102030405z"), 1577934245);
  EXPECT_EQ(*parse_absolute_time("20200102030405utc"), 1577934245);
}

TEST(AbsoluteTime, WithoutAZoneIsLocal) {
  ASSERT_EQ(::setenv("TZ", "XXX-2", 1), 0);
  ::tzset();
  EXPECT_EQ(*parse_absolute_time("20200102"), 1577923200 - 7200);
  ::unsetenv("TZ");
  ::tzset();
}

TEST(AbsoluteTime, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "Z", "2020", "2020010", "202001021", "2020010203040", "20200102 ", "20201302",
        "20200002", "20200230", "20200100", "202001022400", "202001020060", "20200102000061",
        "19691231Z", "-2020102", "20200102ZZ", "2020-01-02"}) {
    EXPECT_FALSE(parse_absolute_time(text)) << text;
  }
}

}  // namespace
}  // namespace zomg::monitor
