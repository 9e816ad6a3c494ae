#include "listener/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "common/program/confinement.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::listener {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};

void enter() {
  if (!program::confine(kRow, {.account = kAccount})) ::_exit(99);
}

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class ListenerSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

TEST_F(ListenerSandboxDeathTest, LetsNoCallThroughThatItDoesNotNeed) {
  const testing::KilledBySignal killed(SIGSYS);
  EXPECT_EXIT((enter(), sandbox::end_by(::mkdir("/x", 0700))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), sandbox::end_by(::socket(AF_INET, SOCK_STREAM, 0))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), sandbox::end_by(::connect(0, nullptr, 0))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), killed, "");
  EXPECT_EXIT((enter(), ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)), killed, "");
  EXPECT_EXIT((enter(), ::kill(1, 0)), killed, "");
  EXPECT_EXIT((enter(), (void)(::setuid(0) == 0)), killed, "");
}

TEST_F(ListenerSandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden(enter);
}

TEST_F(ListenerSandboxDeathTest, LetsItTalkToTheMonitor) {
  const auto talk = [] {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()) != 0) ::_exit(98);
    enter();
    char byte = 'x';
    iovec part{&byte, 1};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    const bool sent = ::sendmsg(ends[0], &header, MSG_NOSIGNAL) == 1;
    ::_exit(sent && ::recvmsg(ends[1], &header, 0) == 1 ? 0 : 1);
  };
  EXPECT_EXIT(talk(), testing::ExitedWithCode(0), "");
}

TEST_F(ListenerSandboxDeathTest, HasNoFileToOpen) {
  // What the C library's start-up may call, there is nothing to call it on.
  const auto look = [] {
    enter();
    ::_exit(::open("/etc/passwd", O_RDONLY) < 0 ? 0 : 1);
  };
  EXPECT_EXIT(look(), testing::ExitedWithCode(0), "");
#ifndef ZOMG_SANITIZED
  EXPECT_EXIT((enter(), sandbox::end_by(::open("/made", O_CREAT | O_RDWR, 0600))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
#endif
}

}  // namespace
}  // namespace zomg::listener
