// Each test runs its subject in a process of its own, as root.

#include "common/sandbox/pid_namespace.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <utility>

#include "common/base/child.h"

namespace zomg::sandbox {
namespace {

constexpr Account kChildUser{65533, 65533};

class PidNamespace : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    ASSERT_EQ(::pipe2(pipe_.data(), O_CLOEXEC), 0);
  }
  void TearDown() override {
    for (const int end : pipe_) ::close(end);
  }

  /// The process that stays behind; `body` runs in the namespace, after a byte in the pipe, and
  /// says how it ends.
  common::Child start(const std::function<int()>& body) {
    auto child = common::fork_child();
    EXPECT_TRUE(child);
    if (!*child) {
      sigset_t stop;
      sigemptyset(&stop);
      sigaddset(&stop, SIGTERM);
      ::sigprocmask(SIG_BLOCK, &stop, nullptr);
      ::close(pipe_[0]);
      const bool entered =
          enter_pid_namespace(kChildUser) && become(kChildUser) && die_with_parent();
      if (!entered) ::_exit(99);
      (void)!::write(pipe_[1], "x", 1);
      ::_exit(body());
    }
    ::close(std::exchange(pipe_[1], -1));
    char byte = 0;
    EXPECT_EQ(::read(pipe_[0], &byte, 1), 1);
    return std::move(*child);
  }

  /// Whether nobody has the other end of the pipe any more.
  bool gone() const {
    char byte = 0;
    return ::read(pipe_[0], &byte, 1) == 0;
  }

  std::array<int, 2> pipe_{};
};

TEST_F(PidNamespace, HasNobodyElseInIt) {
  const pid_t outside = ::getpid();
  auto behind = start([outside] {
    const bool alone = ::getpid() == 1 && ::getppid() == 0 && ::kill(outside, 0) != 0;
    return alone ? 7 : 1;
  });
  EXPECT_EQ(behind.wait()->describe(), "exit status 7");
}

TEST_F(PidNamespace, IsStoppedByWhoStaysBehind) {
  auto behind = start([] {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    int signal = 0;
    return ::sigwait(&stop, &signal) == 0 && signal == SIGTERM ? 7 : 1;
  });
  behind.kill(SIGTERM);
  EXPECT_EQ(behind.wait()->describe(), "exit status 7");
}

TEST_F(PidNamespace, DiesWithWhoStaysBehind) {
  auto behind = start([] { return ::pause(); });
  behind.kill(SIGKILL);
  EXPECT_EQ(behind.wait()->describe(), "signal 9");
  EXPECT_TRUE(gone());
}

TEST_F(PidNamespace, EndsASignalAsASignal) {
  auto behind = start([] {
    __builtin_trap();
    return 0;
  });
  EXPECT_EQ(behind.wait()->signal, SIGILL);
}

TEST_F(PidNamespace, NeedsAnAccount) {
  auto child = common::fork_child();
  ASSERT_TRUE(child);
  // Who stays behind cannot be confined, and then nobody goes on.
  if (!*child) ::_exit(enter_pid_namespace({0, 0}) ? (::pause(), 0) : 0);
  EXPECT_EQ(child->wait()->describe(), "exit status 1");
}

}  // namespace
}  // namespace zomg::sandbox
