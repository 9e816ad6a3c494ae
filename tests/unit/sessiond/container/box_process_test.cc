#include "sessiond/container/box_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>

#include "common/base/child.h"

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

/// Where cgroup v2 may be written; empty: nowhere.
std::string v2_root() {
  for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    if (::access(fmt::format("{}/cgroup.procs", path).c_str(), W_OK) == 0) return path;
  }
  return {};
}

/// As the machine monitor of a sandbox is that CRI-O has for its default runtime.
TEST(BoxProcess, OneOfTheHostInACgroupOfTheContainerIsRefused) {
  if (::geteuid() != 0 || v2_root().empty()) GTEST_SKIP() << "needs root and a cgroup v2";
  const std::string id = fmt::format("{:064x}", ::getpid());
  const std::string cgroup = fmt::format("{}/crio-{}.scope", v2_root(), id);
  ASSERT_EQ(::mkdir(cgroup.c_str(), 0755), 0);
  auto child = common::fork_child();
  ASSERT_TRUE(child);
  if (!*child) {
    ::pause();
    ::_exit(0);
  }
  std::ofstream(cgroup + "/cgroup.procs") << child->pid() << std::flush;
  auto named = claim(child->pid());
  named.container_id = std::string_view(id);
  common::Failure failure = common::Failure::kNone;
  const auto checked = BoxProcess::check(pidfd(child->pid()), named, failure);
  child->kill(SIGKILL);
  EXPECT_TRUE(child->wait());
  for (int tries = 0; ::rmdir(cgroup.c_str()) != 0 && tries < 10000; ++tries) ::usleep(1000);
  ASSERT_FALSE(checked);
  EXPECT_EQ(failure, common::Failure::kNotAContainer);
  EXPECT_NE(checked.error().message.find("mount namespace"), std::string::npos)
      << checked.error().message;
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
