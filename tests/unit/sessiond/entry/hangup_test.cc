#include "sessiond/entry/hangup.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <functional>

#include "common/base/fd.h"

namespace zomg::sessiond {
namespace {

/// A child that does `prepare` and then waits for signals. It has done so when this returns.
pid_t start_child(const std::function<void()>& prepare) {
  auto ready = common::make_pipe();
  char byte = 0;
  const pid_t child = ::fork();
  if (child == 0) {
    prepare();
    [[maybe_unused]] const ssize_t said = ::write(ready->second.get(), &byte, 1);
    while (true) ::pause();
  }
  ready->second.reset();
  // Its own children hold the pipe, too, unless it has ended by now.
  [[maybe_unused]] const ssize_t got = ::read(ready->first.get(), &byte, 1);
  return child;
}

void own_group() {
  ::setpgid(0, 0);
}

void catch_hangup() {
  ::signal(SIGHUP, [](int) {});
}

/// Whether it still runs after a moment.
bool stays(pid_t pid) {
  for (int tries = 0; tries < 300; ++tries) {
    std::ifstream stat(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(stat, line);
    if (line.empty() || line.find(") Z ") != std::string::npos) return false;
    ::usleep(1000);
  }
  return true;
}

class HangupTest : public testing::Test {
 protected:
  ~HangupTest() override {
    for (const pid_t pid : *pids_) {
      if (pid > 0) ::kill(pid, SIGKILL);
    }
    if (leader_ > 0 && ::kill(leader_, SIGKILL) == 0) ::waitpid(leader_, nullptr, 0);
    ::munmap(pids_, sizeof(*pids_));
  }

  /// Starts a process that leads a session and does `prepare`.
  void lead(const std::function<void()>& prepare) {
    leader_ = start_child([&] {
      ::setsid();
      ::signal(SIGCHLD, SIG_IGN);  // reaps
      prepare();
    });
  }
  /// In it, or in one that comes from it: starts another, which `pid(slot)` is the pid of.
  void start(std::size_t slot, const std::function<void()>& prepare) {
    (*pids_)[slot] = start_child(prepare);
  }
  pid_t pid(std::size_t slot) const { return (*pids_)[slot]; }

  common::Fd proc_{::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC)};
  pid_t leader_ = 0;

 private:
  using Pids = std::array<pid_t, 8>;
  Pids* pids_ = static_cast<Pids*>(
      ::mmap(nullptr, sizeof(Pids), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
};

TEST_F(HangupTest, ReachesEveryProcessGroupOfTheSession) {
  lead([this] {
    start(0, [] {});
    start(1, own_group);
  });
  Hangup hangup(proc_.get(), leader_, false);
  hangup.look();
  EXPECT_TRUE(hangup.has_others());
  hangup.tell();
  EXPECT_FALSE(stays(pid(0)));
  EXPECT_FALSE(stays(pid(1)));
  EXPECT_FALSE(hangup.has_others());
}

TEST_F(HangupTest, KillsWhatCatchesItAndNotWhatIgnoresIt) {
  lead([this] {
    start(0, [] {
      own_group();
      catch_hangup();
    });
    start(1, [] {
      own_group();
      ::signal(SIGHUP, SIG_IGN);
    });
  });
  Hangup hangup(proc_.get(), leader_, false);
  hangup.tell();
  EXPECT_TRUE(stays(pid(0)));
  hangup.kill();
  EXPECT_FALSE(stays(pid(0)));
  EXPECT_TRUE(stays(pid(1)));
  EXPECT_TRUE(hangup.has_others());
  hangup.kill_all();
  EXPECT_FALSE(stays(pid(1)));
}

TEST_F(HangupTest, ReachesAStoppedProcess) {
  lead([this] { start(0, own_group); });
  ::kill(pid(0), SIGSTOP);
  Hangup hangup(proc_.get(), leader_, false);
  hangup.tell();
  EXPECT_FALSE(stays(pid(0)));
}

TEST_F(HangupTest, LeavesOtherSessionsAlone) {
  lead([this] { start(0, [] { ::setsid(); }); });
  Hangup hangup(proc_.get(), leader_, false);
  EXPECT_FALSE(hangup.has_others());
  hangup.tell();
  hangup.kill();
  hangup.kill_all();
  EXPECT_TRUE(stays(pid(0)));
}

void become_a_job() {
  own_group();
  ::signal(SIGHUP, SIG_DFL);
  ::signal(SIGTSTP, SIG_DFL);
}

/// A shell that controls jobs, with two of them, each of which has a child in a group of its own, and
/// the orphan of a third.
void control_jobs(const std::function<void(std::size_t, const std::function<void()>&)>& start) {
  catch_hangup();
  ::signal(SIGTSTP, SIG_IGN);
  for (const std::size_t slot : {0, 2}) {
    start(slot, [&start, slot] {
      become_a_job();
      start(slot + 1, own_group);
    });
  }
  const pid_t third = start_child([&start] {
    become_a_job();
    start(4, [] {});
  });
  ::kill(third, SIGKILL);
  ::waitpid(third, nullptr, 0);
}

TEST_F(HangupTest, OnATerminalAJobThatItsShellLetGoStaysWithAllThatComesFromIt) {
  lead([this] { control_jobs([this](auto slot, const auto& prepare) { start(slot, prepare); }); });
  Hangup hangup(proc_.get(), leader_, true);
  hangup.look();
  ::kill(pid(0), SIGHUP);  // as the shell does
  ASSERT_FALSE(stays(pid(0)));
  hangup.tell();
  EXPECT_FALSE(stays(pid(1)));
  hangup.kill();
  for (const std::size_t slot : {2, 3, 4}) EXPECT_TRUE(stays(pid(slot))) << slot;
  EXPECT_FALSE(hangup.has_others_to_end());
  EXPECT_TRUE(hangup.has_others());
}

TEST_F(HangupTest, WithoutATerminalNobodyIsLetGo) {
  lead([this] { control_jobs([this](auto slot, const auto& prepare) { start(slot, prepare); }); });
  Hangup hangup(proc_.get(), leader_, false);
  hangup.look();
  hangup.tell();
  for (std::size_t slot = 0; slot < 5; ++slot) EXPECT_FALSE(stays(pid(slot))) << slot;
}

TEST_F(HangupTest, WhoCatchesItButControlsNoJobsLetsNobodyGo) {
  lead([this] {
    control_jobs([this](auto slot, const auto& prepare) { start(slot, prepare); });
    ::signal(SIGTSTP, SIG_DFL);
  });
  Hangup hangup(proc_.get(), leader_, true);
  hangup.look();
  hangup.tell();
  for (std::size_t slot = 0; slot < 5; ++slot) EXPECT_FALSE(stays(pid(slot))) << slot;
}

}  // namespace
}  // namespace zomg::sessiond
