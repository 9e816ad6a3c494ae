#include "monitor/resolver/container_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/limits.h"

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
        "process": {"args": ["/init"], "rlimits": [{"pid": 2}],
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
