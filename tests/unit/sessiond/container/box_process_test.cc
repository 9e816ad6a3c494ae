#include "sessiond/container/box_process.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <vector>

#include "common/base/check.h"
#include "common/base/child.h"

namespace zomg::sessiond {
namespace {

const std::string kClaimedId(64, 'a');

messages::BoxClaim claim(pid_t pid) {
  messages::BoxClaim claim;
  claim.pid = pid;
  claim.container_id = std::string_view(kClaimedId);
  return claim;
}

common::Fd pidfd(pid_t pid) {
  return common::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

std::string refusal(common::Fd fd, const messages::BoxClaim& claim) {
  const auto checked = BoxProcess::check(std::move(fd), claim);
  EXPECT_TRUE(checked || checked.error().failure != common::Failure::kNone);
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

/// Where cgroup v2 may be written; empty: nowhere.
std::string v2_root() {
  for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    if (::access(fmt::format("{}/cgroup.procs", path).c_str(), W_OK) == 0) return path;
  }
  return {};
}

/// A process in these cgroups of v2, each of which is in the one before.
class InCgroup {
 public:
  InCgroup(std::initializer_list<std::string> names, bool own_mounts) {
    for (const std::string& name : names) {
      path_ += "/" + name;
      made_.push_back(v2_root() + path_);
      EXPECT_EQ(::mkdir(made_.back().c_str(), 0755), 0);
    }
    auto ready = common::make_pipe();
    CHECK(ready);
    auto child = common::fork_child();
    CHECK(child);
    if (!*child) {
      if (own_mounts && ::unshare(CLONE_NEWNS) != 0) ::_exit(1);
      ready->second.reset();
      ::pause();
      ::_exit(0);
    }
    child_ = std::move(*child);
    ready->second.reset();
    char nothing = 0;
    EXPECT_EQ(::read(ready->first.get(), &nothing, 1), 0);
    std::ofstream(made_.back() + "/cgroup.procs") << child_.pid() << std::flush;
  }
  InCgroup(const InCgroup&) = delete;
  InCgroup& operator=(const InCgroup&) = delete;
  ~InCgroup() {
    child_.kill(SIGKILL);
    EXPECT_TRUE(child_.wait());
    for (auto directory = made_.rbegin(); directory != made_.rend(); ++directory) {
      for (int tries = 0; ::rmdir(directory->c_str()) != 0 && tries < 10000; ++tries)
        ::usleep(1000);
    }
  }

  const std::string& path() const { return path_; }
  /// What is said of it, as of a container that was recorded to be at `path`.
  std::string refusal(const std::string& path) const {
    auto named = claim(child_.pid());
    named.record.cgroup = std::string_view(path);
    named.container_id = std::string_view(id());
    return sessiond::refusal(pidfd(child_.pid()), named);
  }
  /// Another for each process that tests, for they may run at once.
  static std::string id() { return fmt::format("{:064x}", ::getpid()); }

 private:
  std::string path_;
  std::vector<std::string> made_;
  common::Child child_;
};

class BoxProcessInCgroup : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || v2_root().empty()) GTEST_SKIP() << "needs root and a cgroup v2";
  }
  const std::string scope_ = fmt::format("crio-{}.scope", InCgroup::id());
};

TEST_F(BoxProcessInCgroup, OfTheRecordIsTaken) {
  const InCgroup process({scope_}, true);
  EXPECT_EQ(process.refusal(process.path()), "none");
}

TEST_F(BoxProcessInCgroup, BelowThatIsTaken) {
  const InCgroup process({scope_, "container"}, true);
  EXPECT_EQ(process.refusal("/" + scope_), "none");
}

TEST_F(BoxProcessInCgroup, ThatIsNamedLikeThatIsRefused) {
  const InCgroup process({fmt::format("b{:063x}", ::getpid()), scope_}, true);
  EXPECT_NE(process.refusal("/" + scope_).find("is not in the cgroup"), std::string::npos);
}

TEST_F(BoxProcessInCgroup, OfARecordWithoutOneIsRefused) {
  const InCgroup process({scope_}, true);
  EXPECT_NE(process.refusal("").find("is not in the cgroup"), std::string::npos);
}

/// As the machine monitor of a sandbox is that CRI-O has for its default runtime.
TEST_F(BoxProcessInCgroup, OfTheRecordButOfTheHostIsRefused) {
  const InCgroup process({scope_}, false);
  EXPECT_NE(process.refusal(process.path()).find("mount namespace"), std::string::npos);
}

}  // namespace
}  // namespace zomg::sessiond
