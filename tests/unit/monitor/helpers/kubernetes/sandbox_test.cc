#include "monitor/helpers/kubernetes/sandbox.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "common/base/log.h"
#include "common/program/confinement.h"
#include "monitor/helpers/lookup/service.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::kubernetes {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class KubernetesSandboxDeathTest : public testing::Test {
 protected:
  KubernetesSandboxDeathTest() {
    std::filesystem::create_directories(directory_);
    std::ofstream(directory_ + "/token").put('x');
    std::filesystem::permissions(directory_ + "/token", std::filesystem::perms(0600));
  }
  ~KubernetesSandboxDeathTest() override { std::filesystem::remove_all(directory_); }

  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }

  void enter() const {
    if (!program::confine(kRow, {.account = kAccount, .directories = {directory_}}))
      lookup::end_process(99);
  }

  // One a test, for tests run side by side.
  std::string directory_ = testing::TempDir() + "kubernetes-sandbox-" +
                           testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(KubernetesSandboxDeathTest, LetsNoForbiddenCallThrough) {
  const testing::KilledBySignal killed(SIGSYS);
  EXPECT_EXIT((enter(), sandbox::end_by(::mkdir("/x", 0700))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), killed, "");
  EXPECT_EXIT((enter(), sandbox::end_by(::listen(0, 1))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)), killed, "");
  EXPECT_EXIT((enter(), ::kill(1, 0)), killed, "");
}

TEST_F(KubernetesSandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden([this] { enter(); });
}

TEST_F(KubernetesSandboxDeathTest, SeesWhetherACredentialChangedAndNothingElse) {
  const auto look = [this] {
    enter();
    struct stat status {};
    const bool right = ::stat((directory_ + "/token").c_str(), &status) == 0 &&
                       ::stat("/etc", &status) != 0 && ::stat("/proc", &status) != 0;
    lookup::end_process(right ? 0 : 1);
  };
  EXPECT_EXIT(look(), testing::ExitedWithCode(0), "");
}

TEST_F(KubernetesSandboxDeathTest, LetsThreadsConnectAndLog) {
  const auto work = [this] {
    enter();
    std::thread([] {
      const int link = ::socket(AF_INET, SOCK_STREAM, 0);
      const sockaddr address{AF_UNSPEC, {}};
      if (link < 0 || ::connect(link, &address, sizeof(address)) != 0) lookup::end_process(1);
      log::warning("still here");
    }).join();
    lookup::end_process(0);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "still here");
}

TEST_F(KubernetesSandboxDeathTest, RefusesToRunAsRoot) {
  EXPECT_EXIT(lookup::end_process(program::confine(kRow, {}) ? 0 : 1), testing::ExitedWithCode(1),
              "");
}

}  // namespace
}  // namespace zomg::kubernetes
