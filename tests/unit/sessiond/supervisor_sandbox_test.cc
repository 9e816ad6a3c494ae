#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "sessiond/supervisor.h"

namespace zomg::sessiond {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};

/// With a log as in the gateway, a socket, whose other end it returns: a death test's is a file, which
/// the sandbox may not write.
int enter() {
  static auto log_ends = common::make_packet_socketpair();
  ::dup2(log_ends->first.get(), STDERR_FILENO);
  static Supervisor supervisor(0, {}, {}, ipc::Channel(common::Fd()), ipc::Channel(common::Fd()),
                               {}, -1);
  if (!supervisor.enter_sandbox(kAccount)) ::_exit(99);
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

TEST_F(SupervisorSandboxDeathTest, LetsItSignalTheProgramOfAnotherUserAndReapIt) {
  const auto work = [] {
    const pid_t program = ::fork();
    if (program == 0) {
      ::pause();
      ::_exit(0);
    }
    const int log = enter();
    int status = 0;
    const bool ended = ::kill(program, SIGKILL) == 0 && ::waitpid(program, &status, 0) == program;
    log::warning("still here");
    char byte = 0;
    const bool logged = ::recv(log, &byte, 1, MSG_DONTWAIT) == 1;
    ::_exit(ended && WIFSIGNALED(status) && logged ? 0 : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
}

TEST_F(SupervisorSandboxDeathTest, HasNoFileToOpen) {
  const auto look = [] {
    enter();
    ::_exit(::open("/etc/passwd", O_RDONLY) < 0 && ::open("/x", O_CREAT | O_RDWR, 0600) < 0 ? 0
                                                                                            : 1);
  };
  EXPECT_EXIT(look(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace zomg::sessiond
