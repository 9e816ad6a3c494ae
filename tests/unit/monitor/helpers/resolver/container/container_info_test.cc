#include "monitor/helpers/resolver/container/container_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace zomg::resolver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ContainerInfo, ReadsPidAndEnvironmentAmongTheRest) {
  const auto info = parse_container_info(R"({
      "sandboxID": "s", "pid": 4711, "config": {"pid": 1, "envs": [{"key": "NO"}],
      "runtimeSpec": {"process": {"env": ["NO=1"]}}},
      "runtimeSpec": {"ociVersion": "1.0", "env": ["NO=2"],
        "hooks": {"prestart": [{"env": ["NO=3"], "process": {"env": ["NO=4"]}}]},
        "process": {"args": ["/init"], "rlimits": [{"type": "RLIMIT_CPU", "pid": 2}],
                    "env": ["PATH=/bin", "A=\u003c&\u003e", "B=ü"], "cwd": "/"},
        "mounts": [[["NO=5"]]]}, "removing": false})");
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->pid, 4711);
  EXPECT_THAT(info->environment, ElementsAre("PATH=/bin", "A=<&>", "B=ü"));
}

TEST(ContainerInfo, TakesAProcessWithoutEnvironment) {
  for (const std::string_view text : {R"({"pid": 1, "runtimeSpec": {"process": {}}})",
                                      R"({"pid": 1, "runtimeSpec": {"process": {"env": null}}})",
                                      R"({"pid": 1, "runtimeSpec": {"process": {"env": []}}})"}) {
    const auto info = parse_container_info(text);
    ASSERT_TRUE(info) << text << info.error().message;
    EXPECT_THAT(info->environment, IsEmpty());
  }
}

TEST(ContainerInfo, RefusesAnotherShape) {
  for (const std::string_view text : {
           "",
           "null",
           "[]",
           "{}",
           R"([{"pid": 1, "runtimeSpec": {"process": {"env": []}}}])",
           R"({"pid": 1})",
           R"({"pid": 1, "runtimeSpec": {}})",
           R"({"pid": 1, "runtimeSpec": []})",
           R"({"pid": 1, "runtimeSpec": {"process": []}})",
           R"({"pid": 1, "runtimeSpec": {"process": {"env": {}}}})",
           R"({"pid": 1, "runtimeSpec": {"process": {"env": [1]}}})",
           R"({"pid": 1, "runtimeSpec": {"process": {"env": [null]}}})",
           R"({"pid": 1, "runtimeSpec": {"process": {"env": [["A=1"]]}}})",
           R"({"pid": 1, "runtimeSpec": {"process": {"env": ["A=1"]}}} x)",
           "{\"pid\": 1, \"runtimeSpec\": {\"process\": {\"env\": [\"A=\xff\"]}}}",
       }) {
    EXPECT_FALSE(parse_container_info(text)) << text;
  }
}

TEST(ContainerInfo, RefusesAPidThatIsNone) {
  for (const std::string_view pid :
       {"0", "-1", "1.5", "1e3", "\"1\"", "null", "[1]", "2147483648", "18446744073709551616"}) {
    EXPECT_FALSE(parse_container_info(
        fmt::format(R"({{"pid": {}, "runtimeSpec": {{"process": {{}}}}}})", pid)))
        << pid;
  }
  EXPECT_EQ(
      parse_container_info(R"({"pid": 2147483647, "runtimeSpec": {"process": {}}})").value().pid,
      2147483647);
}

std::string with_spec(std::string_view process, std::string_view linux) {
  return fmt::format(R"({{"pid":1,"runtimeSpec":{{"process":{},"linux":{}}}}})", process, linux);
}

TEST(ContainerInfo, ReadsTheUmask) {
  EXPECT_EQ(parse_container_info(with_spec("{}", "{}"))->umask, 022U);
  EXPECT_EQ(parse_container_info(with_spec(R"({"user":{"umask":63}})", "{}"))->umask, 077U);
  EXPECT_EQ(parse_container_info(with_spec(R"({"user":{"umask":null}})", "{}"))->umask, 022U);
  EXPECT_EQ(parse_container_info(with_spec(R"({"umask":63})", "{}"))->umask, 022U);
  for (const std::string_view umask : {"512", "-1", "\"022\"", "[18]"}) {
    const auto info =
        parse_container_info(with_spec(fmt::format(R"({{"user":{{"umask":{}}}}})", umask), "{}"));
    EXPECT_TRUE(!info || info->umask == 022U) << umask;
  }
}

TEST(ContainerInfo, KeepsTheSeccompProfile) {
  EXPECT_EQ(parse_container_info(with_spec("{}", "{}"))->seccomp, "");
  EXPECT_EQ(parse_container_info(with_spec("{}", R"({"seccomp":null})"))->seccomp, "");
  EXPECT_EQ(parse_container_info(
                with_spec("{}", R"({"a":[{}],"seccomp":{"x":[1,{"y":null},"z"],"w":-1.5},"b":1})"))
                ->seccomp,
            R"({"w":-1.5,"x":[1,{"y":null},"z"]})");
}

TEST(ContainerInfo, RefusesASeccompProfileThatIsNone) {
  for (const std::string_view linux :
       {R"({"seccomp":[]})", R"({"seccomp":"x"})", R"({"seccomp":1})",
        R"({"seccomp":{},"seccomp":{}})", "[]", "1"}) {
    EXPECT_FALSE(parse_container_info(with_spec("{}", linux))) << linux;
  }
}

TEST(ContainerInfo, BoundsTheSeccompProfile) {
  const auto with = [](const std::string& profile) {
    return parse_container_info(with_spec("{}", "{\"seccomp\":" + profile + "}"));
  };
  const auto list = [](std::size_t values) {
    std::string text = "{\"x\":[0";
    for (std::size_t i = 1; i < values; ++i) text += ",0";
    return text + "]}";
  };
  const auto deep = [](std::size_t depth) {
    return "{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(with(list(limits::kMaxSubtreeValues - 3)));
  EXPECT_FALSE(with(list(limits::kMaxSubtreeValues)));
  EXPECT_TRUE(with(deep(limits::kMaxSubtreeDepth - 1)));
  EXPECT_FALSE(with(deep(limits::kMaxSubtreeDepth)));
  EXPECT_FALSE(with("{\"x\":\"" + std::string(limits::kMaxSubtreeBytes + 1, 'y') + "\"}"));
}

TEST(ContainerInfo, StandsDepth) {
  EXPECT_FALSE(parse_container_info(std::string(1'000'000, '[')));
  EXPECT_TRUE(parse_container_info(R"({"deep":)" + std::string(1'000'000, '[') +
                                   std::string(1'000'000, ']') +
                                   R"(,"pid":1,"runtimeSpec":{"process":{}}})"));
}

TEST(ContainerInfo, BoundsTheEnvironment) {
  const std::string most(limits::kMaxContainerEnvironmentBytes - 3, 'x');
  const auto with = [&](std::string_view more) {
    return fmt::format(R"({{"pid":1,"runtimeSpec":{{"process":{{"env":["A={}"{}]}}}}}})", most,
                       more);
  };
  EXPECT_TRUE(parse_container_info(with("")));
  EXPECT_FALSE(parse_container_info(with(R"(,"")")));
}

}  // namespace
}  // namespace zomg::resolver
