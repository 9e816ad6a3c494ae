#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <string_view>

#include "common/program/confinement.h"
#include "common/sandbox/seccomp/newer_calls.h"
#include "listener/connection/sandbox.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"
#include "tests/unit/listener/connection/requests/monitor_double.h"

namespace zomg::connection {
namespace {

void enter() {
  // As the listener starts it. To the file that death tests have here it may not even write.
  ::dup2(::open("/dev/null", O_RDWR | O_CLOEXEC), STDERR_FILENO);
  if (!program::confine(kRow, {})) ::_exit(99);
}

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class ConnectionSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(ConnectionSandboxDeathTest, LetsNothingThroughThatReachesBeyondItsClient) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const testing::KilledBySignal killed(SIGSYS);
  EXPECT_EXIT((enter(), (void)::open("/etc/passwd", O_RDONLY)), killed, "");
  EXPECT_EXIT((enter(), (void)::socket(AF_INET, SOCK_STREAM, 0)), killed, "");
  EXPECT_EXIT((enter(), (void)::connect(0, nullptr, 0)), killed, "");
  EXPECT_EXIT((enter(), (void)::fork()), killed, "");
  EXPECT_EXIT((enter(), ::syscall(SYS_memfd_create, "", 0)), killed, "");
  EXPECT_EXIT((enter(), ::syscall(SYS_io_uring_setup, 0, 0)), killed, "");
  EXPECT_EXIT((enter(), ::syscall(SYS_clone3, 0, 0)), killed, "");
  EXPECT_EXIT((enter(), ::syscall(SYS_prctl, 15, "")), killed, "");
  EXPECT_EXIT((enter(), ::syscall(SYS_pidfd_send_signal, 0, SIGKILL, 0, 0)), killed, "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), killed, "");
  EXPECT_EXIT((enter(), ::kill(1, 0)), killed, "");
  EXPECT_EXIT((enter(), ::process_vm_readv(1, nullptr, 0, nullptr, 0, 0)), killed, "");
  EXPECT_EXIT((enter(), ::syscall(SYS_pidfd_getfd, 0, 0, 0)), killed, "");
}

TEST_F(ConnectionSandboxDeathTest, RefusesWhatNewerLibrariesMayTryAndTellsTheMonitorOnce) {
#ifdef ZOMG_SANITIZED
  GTEST_SKIP() << "their run-time library makes some of them";
#endif
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto work = [] {
    MonitorDouble monitor;
    enter();
    monitor.link.report_refused_calls();
    const bool quiet = monitor.silent();
    const bool refused = ::sched_yield() == -1 && errno == ENOSYS;
    monitor.link.report_refused_calls();
    const auto report = monitor.receive<messages::Report>();
    const char* const name = sandbox::kNewerCalls.at(report.system_call).name;
    const bool told = report.event == messages::Event::kSystemCallRefused &&
                      std::string_view(name) == "sched_yield";
    (void)::sched_yield();
    monitor.link.report_refused_calls();
    ::_exit(quiet && refused && told && monitor.silent() ? 0 : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
}

TEST_F(ConnectionSandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  sandbox::expect_forbidden(enter);
}

TEST_F(ConnectionSandboxDeathTest, LetsItReadAndWrite) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto work = [] {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) ::_exit(98);
    enter();
    char byte = 'x';
    const bool moved =
        ::send(ends[0], &byte, 1, MSG_NOSIGNAL) == 1 && ::read(ends[1], &byte, 1) == 1;
    ::_exit(moved ? 0 : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace zomg::connection
