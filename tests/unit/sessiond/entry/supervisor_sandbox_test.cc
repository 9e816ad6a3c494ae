#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/log.h"
#include "sessiond/entry/seclusion.h"
#include "sessiond/entry/supervisor.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::sessiond {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};

/// Nobody's.
constexpr pid_t kProgram = 4'000'000;

/// With a log as in the gateway, a socket, whose other end it returns: a death test's is a file, which
/// the sandbox may not write.
int enter() {
  static auto log_ends = common::make_packet_socketpair();
  ::dup2(log_ends->first.get(), STDERR_FILENO);
  auto seclusion = Seclusion::make();
  if (!seclusion || !seclusion->enter(kAccount)) ::_exit(98);
  static Supervisor supervisor(kProgram, {}, {}, ipc::Channel(common::Fd()),
                               ipc::Channel(common::Fd()), {}, seclusion->take_processes(), -1);
  const auto filter = Supervisor::prepare_filter();
  if (!filter || !supervisor.enter_sandbox(*filter)) ::_exit(99);
  return log_ends->second.get();
}

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class SupervisorSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

TEST_F(SupervisorSandboxDeathTest, KillsForbiddenCalls) {
  const testing::KilledBySignal killed(SIGSYS);
  EXPECT_EXIT((enter(), ::mkdir("/x", 0700)), killed, "");
  EXPECT_EXIT((enter(), ::socket(AF_INET, SOCK_STREAM, 0)), killed, "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), killed, "");
  EXPECT_EXIT((enter(), ::fork()), killed, "");
  EXPECT_EXIT((enter(), ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)), killed, "");
  EXPECT_EXIT((enter(), (void)(::setuid(0) == 0)), killed, "");
}

TEST_F(SupervisorSandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden([] { enter(); });
}

TEST_F(SupervisorSandboxDeathTest, LetsItSignalTheProgramOfAnotherUserAndReapIt) {
  const auto work = [] {
    const pid_t program = ::fork();
    if (program == 0) {
      ::pause();
      ::_exit(0);
    }
    const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, program, 0));
    const int log = enter();
    siginfo_t end{};
    const bool ended = ::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0) == 0 &&
                       ::waitid(P_PID, static_cast<id_t>(program), &end, WEXITED) == 0;
    log::warning("still here");
    char byte = 0;
    const bool logged = ::recv(log, &byte, 1, MSG_DONTWAIT) == 1;
    ::_exit(ended && end.si_code == CLD_KILLED && logged ? 0 : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
}

TEST_F(SupervisorSandboxDeathTest, HasNoFileToOpen) {
  const auto look = [] {
    enter();
    ::_exit(::open("/etc/passwd", O_RDONLY) < 0 ? 0 : 1);
  };
  EXPECT_EXIT(look(), testing::ExitedWithCode(0), "");
#ifndef ZOMG_SANITIZED
  EXPECT_EXIT((enter(), ::open("/x", O_CREAT | O_RDWR, 0600)), testing::KilledBySignal(SIGSYS), "");
#endif
}

}  // namespace
}  // namespace zomg::sessiond
