#include "monitor/helpers/kubernetes/kubeconfig_sandbox.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <new>
#include <string>

#include "common/base/child.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "monitor/helpers/kubernetes/kubeconfig.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::kubernetes {
namespace {

void enter() {
  if (!enter_kubeconfig_sandbox({65534, 65534})) ::_exit(99);
}

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class KubeconfigSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

TEST_F(KubeconfigSandboxDeathTest, LetsNoForbiddenCallThrough) {
  const testing::KilledBySignal killed(SIGSYS);
  const testing::ExitedWithCode refused(sandbox::kRefusedStatus);
  EXPECT_EXIT((enter(), sandbox::end_by(::socket(AF_INET, SOCK_STREAM, 0))), refused, "");
  EXPECT_EXIT((enter(), sandbox::end_by(::fork())), refused, "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), killed, "");
  EXPECT_EXIT((enter(), ::kill(1, 0)), killed, "");
  EXPECT_EXIT((enter(), (void)(::setuid(0) == 0)), killed, "");
}

#ifndef ZOMG_SANITIZED  // whose run-time library opens files
TEST_F(KubeconfigSandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden(enter);
}

TEST_F(KubeconfigSandboxDeathTest, HasNothingToReadAndNoFileToOpen) {
  const testing::ExitedWithCode refused(sandbox::kRefusedStatus);
  EXPECT_EXIT((enter(), sandbox::end_by(::open("/etc/passwd", O_RDONLY))), refused, "");
  char byte = 0;
  EXPECT_EXIT((enter(), sandbox::end_by(::read(0, &byte, 1))), refused, "");
}

TEST_F(KubeconfigSandboxDeathTest, BoundsItsMemory) {
  EXPECT_EXIT((enter(), sandbox::end_by_growing(limits::kSettingsReaderDataBytes)),
              testing::ExitedWithCode(sandbox::kBoundedStatus), "");
}
#endif

TEST_F(KubeconfigSandboxDeathTest, BoundsItsTime) {
  auto pipe = common::make_pipe();
  ASSERT_TRUE(pipe);
  auto child = common::fork_child();
  ASSERT_TRUE(child);
  if (!*child) {
    enter();
    if (::write(pipe->second.get(), "x", 1) != 1) ::_exit(1);
    for (volatile bool on = true; on;) {
    }
  }
  pipe->second.reset();
  char byte = 0;
  EXPECT_EQ(::read(pipe->first.get(), &byte, 1), 1);
  std::ifstream limits(fmt::format("/proc/{}/limits", child->pid()));
  const std::string text(std::istreambuf_iterator<char>(limits), {});
  child->kill(SIGKILL);
  EXPECT_TRUE(child->wait());
  EXPECT_THAT(text, testing::ContainsRegex("Max cpu time +[0-9] +[0-9] +seconds"));
}

TEST_F(KubeconfigSandboxDeathTest, LetsItReadAKubeconfigAndSayWhatIsWrong) {
  const auto work = [] {
    log::start("test", log::Level::kInfo);
    enter();
    const auto config = parse_kubeconfig({{"/config", "{current-context: here}"}});
    if (config) ::_exit(1);
    log::error("{}", config.error().message);
    ::_exit(0);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "no context named here");
}

TEST_F(KubeconfigSandboxDeathTest, RefusesToRunAsRoot) {
  EXPECT_EXIT(::_exit(enter_kubeconfig_sandbox({0, 0}) ? 0 : 1), testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace zomg::kubernetes
