// Each test runs its subject in a process of its own and looks at how that one ended, and at what it
// logged.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>
#include <thread>

#include "common/base/log.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::sandbox {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

struct Ended {
  int status = 0;
  std::string log;
};

/// Runs `body` in a process, in a filter of the C library's calls; it exits with 0 if that returns true.
Ended run_in(DeniedAction otherwise, const std::function<bool()>& body,
             std::span<const SyscallSet> more = {}) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDERR_FILENO);
    log::start("subject", log::Level::kError);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    std::vector<SyscallSet> sets(more.begin(), more.end());
    sets.push_back(kRuntime);
    if (!allow_only(sets, otherwise)) ::_exit(2);
    ::_exit(body() ? 0 : 1);
  }
  ::close(pipe[1]);
  Ended ended;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t got = ::read(pipe[0], buffer.data(), buffer.size());
    if (got <= 0) break;
    ended.log.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(pipe[0]);
  ::waitpid(child, &ended.status, 0);
  return ended;
}

bool refused(long result) {
  return result == -1 && errno == ENOSYS;
}

bool make_directory() {
  return refused(::syscall(SYS_mkdirat, 0x12, nullptr, 0700));
}

/// These are of what the sanitizers' run-time library may call.
class RefusedCall : public testing::Test {
 protected:
  void SetUp() override {
#ifdef ZOMG_SANITIZED
    GTEST_SKIP() << "the sanitizers' run-time library makes some of them";
#endif
  }
};

TEST_F(RefusedCall, FailsWithEnosysAndIsLogged) {
  const Ended ended = run_in(DeniedAction::kRefuse, make_directory);
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.log,
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "
                           "warning subject\\[[0-9]+\\]: sandbox: refused the system call "
                           "mkdirat\\(0x12, 0x0, 0x1c0\\)\n"));
}

TEST_F(RefusedCall, IsLoggedOnceByNameAndThenByItsCount) {
  const Ended ended = run_in(DeniedAction::kRefuse, [] {
    for (int i = 0; i < 1001; ++i) {
      if (!make_directory()) return false;
    }
    return refused(::syscall(SYS_pipe2, nullptr, 0));
  });
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.log, MatchesRegex("[^\n]*mkdirat\\(0x12, 0x0, 0x1c0\\)\n"
                                      "[^\n]*mkdirat\\(0x12, 0x0, 0x1c0\\), for the time 1000\n"
                                      "[^\n]*pipe2\\(0x0, 0x0, 0x[0-9a-f]+\\)\n"));
}

TEST_F(RefusedCall, WithArgumentsThatAreNotLetThroughFailsLikewise) {
  constexpr auto calls = std::to_array<Call>({{"fcntl", arg(1) == F_GETFL}});
  const std::array sets{SyscallSet{"this test", calls}};
  const auto body = [] { return ::fcntl(0, F_GETFL) >= 0 && refused(::fcntl(0, F_GETFD)); };
  const Ended ended = run_in(DeniedAction::kRefuse, body, sets);
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.log, HasSubstr("fcntl(0x0, 0x1, "));
}

TEST_F(RefusedCall, InAnotherThreadFailsLikewise) {
  const std::array sets{kThreads};
  const auto body = [] {
    bool failed = false;
    std::thread([&failed] { failed = make_directory(); }).join();
    return failed;
  };
  EXPECT_EQ(run_in(DeniedAction::kRefuse, body, sets).status, 0);
}

TEST_F(RefusedCall, OfAFilterThatIsInheritedIsNotLogged) {
  const Ended ended = run_in(DeniedAction::kRefuseInherited, make_directory);
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.log, "");
}

TEST_F(RefusedCall, IsLoggedByAFilterWithinThatOne) {
  constexpr auto calls = std::to_array<Call>({"seccomp", "prctl", "rt_sigaction"});
  const std::array sets{SyscallSet{"the filter within", calls}};
  const auto body = [] {
    const std::array within{kRuntime};
    return allow_only(within, DeniedAction::kRefuse) && make_directory();
  };
  const Ended ended = run_in(DeniedAction::kRefuseInherited, body, sets);
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.log, HasSubstr("mkdirat"));
}

TEST_F(RefusedCall, KillsWhereNoLibraryMakesIt) {
  static void* const page = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS;
  const std::array<std::function<long()>, 9> calls{{
      [] { return ::syscall(SYS_execve, nullptr, nullptr, nullptr); },
      [] { return ::syscall(SYS_kill, ::getpid(), 0); },
      [] { return ::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0); },
      [] { return ::syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0); },
      [] { return ::syscall(SYS_setuid, 0); },
      [] { return ::syscall(SYS_unshare, 0); },
      [] { return ::syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC); },
      [] { return ::syscall(SYS_mmap, 0, 4096, PROT_EXEC, kFlags, -1, 0); },
      [] { return ::syscall(SYS_bpf, 0, 0, 0); },
  }};
  for (const DeniedAction otherwise : {DeniedAction::kRefuse, DeniedAction::kRefuseInherited}) {
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const Ended ended = run_in(otherwise, [&calls, i] { return refused(calls.at(i)()); });
      EXPECT_TRUE(WIFSIGNALED(ended.status) && WTERMSIG(ended.status) == SIGSYS)
          << i << ": status " << ended.status;
    }
  }
}

TEST_F(RefusedCall, LeavesWhatAProgramNeeds) {
  constexpr auto calls = std::to_array<Call>({"kill"});
  const std::array sets{SyscallSet{"this test", calls}};
  const auto body = [] {
    void* const page =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return ::kill(::getpid(), 0) == 0 && page != MAP_FAILED &&
           ::mprotect(page, 4096, PROT_READ) == 0 && ::raise(0) == 0;
  };
  EXPECT_EQ(run_in(DeniedAction::kRefuse, body, sets).status, 0);
}

}  // namespace
}  // namespace zomg::sandbox
