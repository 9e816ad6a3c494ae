#include "monitor/helpers/resolver/container/seccomp_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/seccomp.h>

#include <nlohmann/json.hpp>

namespace zomg::resolver {
namespace {

using testing::ElementsAre;

common::Result<SeccompProfile> parse(const std::string& text) {
  return parse_seccomp_profile(nlohmann::json::parse(text));
}

std::string with_rule(const std::string& rule) {
  return R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [)" + rule + "]}";
}

TEST(SeccompProfile, IsReadInFull) {
  const auto profile = parse(R"({
      "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
      "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
      "flags": ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"],
      "listenerPath": "/run/agent.sock", "listenerMetadata": "x",
      "syscalls": [
        {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
        {"names": ["personality"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13,
         "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_NE"},
                  {"index": 1, "value": 255, "valueTwo": 3, "op": "SCMP_CMP_MASKED_EQ"}]}]})");
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->default_action, SCMP_ACT_ERRNO(38));
  EXPECT_THAT(profile->architectures, ElementsAre(SCMP_ARCH_X86_64, SCMP_ARCH_X86, SCMP_ARCH_X32));
  EXPECT_EQ(profile->flags, SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW);
  ASSERT_EQ(profile->rules.size(), 2U);
  EXPECT_THAT(profile->rules[0].names, ElementsAre("read", "write"));
  EXPECT_EQ(profile->rules[1].action, SCMP_ACT_ERRNO(13));
  ASSERT_EQ(profile->rules[1].arguments.size(), 2U);
  EXPECT_EQ(profile->rules[1].arguments[0].op, SCMP_CMP_NE);
  EXPECT_EQ(profile->rules[1].arguments[0].datum_a, 8U);
  EXPECT_EQ(profile->rules[1].arguments[1].arg, 1U);
  EXPECT_EQ(profile->rules[1].arguments[1].datum_a, 255U);
  EXPECT_EQ(profile->rules[1].arguments[1].datum_b, 3U);
}

TEST(SeccompProfile, KnowsEveryAction) {
  const std::pair<const char*, std::uint32_t> actions[] = {
      {"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD},
      {"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
      {"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS},
      {"SCMP_ACT_TRAP", SCMP_ACT_TRAP},
      {"SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(1)},
      {"SCMP_ACT_TRACE", SCMP_ACT_TRACE(1)},
      {"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW},
      {"SCMP_ACT_LOG", SCMP_ACT_LOG},
      {"SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY},
  };
  for (const auto& [name, action] : actions) {
    const auto profile =
        parse(with_rule(fmt::format(R"({{"names": ["read"], "action": "{}"}})", name)));
    ASSERT_TRUE(profile) << name;
    EXPECT_EQ(profile->rules[0].action, action) << name;
  }
}

TEST(SeccompProfile, WhoseListsGoLeftOutIsRead) {
  const auto profile = parse(R"({"defaultAction": "SCMP_ACT_LOG", "architectures": null})");
  ASSERT_TRUE(profile);
  EXPECT_TRUE(profile->rules.empty());
}

TEST(SeccompProfile, ThatIsNotUnderstoodIsRefused) {
  for (const std::string& text : {
           std::string("[]"),
           std::string("null"),
           std::string("{}"),
           std::string(R"({"defaultAction": "SCMP_ACT_WINK"})"),
           std::string(R"({"defaultAction": 5})"),
           std::string(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 65536})"),
           std::string(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": -1})"),
           std::string(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["X86_64"]})"),
           std::string(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_Z"]})"),
           std::string(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": {}})"),
           std::string(R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FLAG_X"]})"),
           std::string(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": "read"})"),
           with_rule("1"),
           with_rule("{}"),
           with_rule(R"({"names": "read", "action": "SCMP_ACT_KILL"})"),
           with_rule(R"({"names": [1], "action": "SCMP_ACT_KILL"})"),
           with_rule(R"({"names": ["read"], "action": "SCMP_ACT_KILL", "args": [1]})"),
           with_rule(R"({"names": ["read"], "action": "SCMP_ACT_KILL",
                         "args": [{"index": 6, "value": 1, "op": "SCMP_CMP_EQ"}]})"),
           with_rule(R"({"names": ["read"], "action": "SCMP_ACT_KILL",
                         "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_IN"}]})"),
           with_rule(R"({"names": ["read"], "action": "SCMP_ACT_KILL",
                         "args": [{"index": 0, "value": -1, "op": "SCMP_CMP_EQ"}]})"),
       }) {
    EXPECT_FALSE(parse(text)) << text;
  }
}

}  // namespace
}  // namespace zomg::resolver
