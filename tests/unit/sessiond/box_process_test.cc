#include "sessiond/box_process.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/child.h"

namespace zomg::sessiond {
namespace {

const std::string kId(64, 'a');

messages::BoxClaim claim(pid_t pid) {
  messages::BoxClaim claim;
  claim.pid = pid;
  claim.container_id = std::string_view(kId);
  return claim;
}

common::Fd pidfd(pid_t pid) {
  return common::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

std::string refusal(common::Fd fd, const messages::BoxClaim& claim) {
  common::Failure failure = common::Failure::kNone;
  const auto checked = BoxProcess::check(std::move(fd), claim, failure);
  return checked ? "none" : checked.error().message;
}

TEST(BoxProcess, AnotherPidThanThePidfdsIsRefused) {
  EXPECT_NE(refusal(pidfd(::getpid()), claim(1)).find("not 1"), std::string::npos);
}

TEST(BoxProcess, WhatIsNoPidfdIsRefused) {
  EXPECT_EQ(refusal(common::Fd(::dup(0)), claim(::getpid())), "not a pidfd");
}

TEST(BoxProcess, OneThatHasEndedIsRefused) {
  auto child = common::fork_child();
  ASSERT_TRUE(child);
  if (!*child) ::_exit(0);
  const pid_t pid = child->pid();
  common::Fd fd = pidfd(pid);
  ASSERT_TRUE(child->wait());
  // Its pid is nobody's now, and may be somebody's soon: the descriptor still says that it ended.
  EXPECT_NE(refusal(std::move(fd), claim(pid)), "none");
}

TEST(BoxProcess, OneThatIsInNoCgroupOfTheContainerIsRefused) {
  EXPECT_NE(refusal(pidfd(::getpid()), claim(::getpid())).find("not in a cgroup"),
            std::string::npos);
}

TEST(BoxProcess, AnIdThatIsNoneIsRefused) {
  for (const std::string& id : {std::string(), std::string("/"), std::string(64, '/'),
                                std::string(64, 'A'), std::string(63, 'a')}) {
    auto wrong = claim(::getpid());
    wrong.container_id = std::string_view(id);
    EXPECT_NE(refusal(pidfd(::getpid()), wrong).find("not in a cgroup"), std::string::npos) << id;
  }
}

}  // namespace
}  // namespace zomg::sessiond
