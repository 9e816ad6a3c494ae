#include "sessiond/box/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zomg::sessiond {
namespace {

using namespace std::string_view_literals;
using testing::Contains;
using testing::Not;

const PasswdEntry kRootUser{"root", 0, 0, "/root", "/bin/bash"};

messages::SessionPlan plan_from(std::string_view address) {
  messages::SessionPlan plan;
  plan.client = {address, 50000};
  plan.server = {"192.0.2.2"sv, 2222};
  return plan;
}

std::vector<std::string> built(std::string_view container, const std::string& terminal = "",
                               messages::SessionPlan plan = plan_from("192.0.2.1")) {
  return build_environment(container, kRootUser, "/bin/bash", plan, terminal).entries();
}

TEST(Environment, KeepsTheContainersVariables) {
  EXPECT_THAT(built("APP=1\0EMPTY=\0"sv), Contains("APP=1"));
  EXPECT_THAT(built("APP=1\0EMPTY=\0"sv), Contains("EMPTY="));
}

TEST(Environment, DropsWhatIsNoVariable) {
  const auto entries = built("no equals\0=x\0A=1"sv);
  EXPECT_THAT(entries, Contains("A=1"));
  EXPECT_THAT(entries, Not(Contains("=x")));
  EXPECT_THAT(entries, Not(Contains("no equals")));
}

TEST(Environment, LoginVariablesWinOverTheContainers) {
  const auto entries = built("HOME=/elsewhere\0SHELL=/bin/false\0"sv);
  EXPECT_THAT(entries, Contains("HOME=/root"));
  EXPECT_THAT(entries, Contains("SHELL=/bin/bash"));
  EXPECT_THAT(entries, Not(Contains("HOME=/elsewhere")));
}

TEST(Environment, TheContainerSaysWhereAUserWithoutAnEntryIsAtHome) {
  const PasswdEntry nobody{"12345", 12345, 0, "", ""};
  const auto home = [&nobody](std::string_view container) {
    const auto plan = plan_from("192.0.2.1");
    return build_environment(container, nobody, "/bin/sh", plan, "").get("HOME");
  };
  EXPECT_EQ(home("HOME=/workspace\0"sv), "/workspace");
  EXPECT_EQ(home("HOME=relative\0"sv), "/");
  EXPECT_EQ(home(""), "/");
}

TEST(Environment, TheLastOfTwoOfANameCounts) {
  const auto entries = built("A=1\0B=2\0A=3\0"sv);
  EXPECT_THAT(entries, Contains("A=3"));
  EXPECT_THAT(entries, Not(Contains("A=1")));
}

TEST(Environment, ThePathIsTheContainersOrADefault) {
  EXPECT_THAT(built("PATH=/opt/bin\0"sv), Contains("PATH=/opt/bin"));
  EXPECT_THAT(built(""), Contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
                                  "/bin"));
}

TEST(Environment, NamesTheConnection) {
  const auto entries = built("", "", plan_from("2001:db8::1"));
  EXPECT_THAT(entries, Contains("SSH_CLIENT=2001:db8::1 50000 2222"));
  EXPECT_THAT(entries, Contains("SSH_CONNECTION=2001:db8::1 50000 192.0.2.2 2222"));
}

TEST(Environment, ATerminalForcesItsType) {
  const auto entries = built("TERM=vt100\0"sv, "/dev/pts/3");
  EXPECT_THAT(entries, Contains("TERM=xterm-256color"));
  EXPECT_THAT(entries, Contains("SSH_TTY=/dev/pts/3"));
}

TEST(Environment, WithoutATerminalThereIsNone) {
  for (const std::string& entry : built("")) {
    EXPECT_FALSE(entry.starts_with("SSH_TTY=") || entry.starts_with("TERM=")) << entry;
  }
}

TEST(Environment, TheClientsVariablesComeLast) {
  auto plan = plan_from("192.0.2.1");
  plan.environment.value.push_back({"LANG"sv, "de_DE.UTF-8"sv});
  EXPECT_THAT(built("LANG=C\0"sv, "", plan), Contains("LANG=de_DE.UTF-8"));
}

}  // namespace
}  // namespace zomg::sessiond
