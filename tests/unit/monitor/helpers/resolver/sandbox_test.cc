#include "monitor/helpers/resolver/sandbox.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "common/base/log.h"
#include "common/program/confinement.h"
#include "monitor/helpers/lookup/service.h"
#include "monitor/helpers/resolver/cri/cri_socket.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::resolver {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class SandboxDeathTest : public testing::Test {
 protected:
  SandboxDeathTest() {
    std::filesystem::create_directories(directory_ + "/mounted");
    std::filesystem::permissions(directory_, std::filesystem::perms(0711));
    std::ofstream(directory_ + "/cri.sock").put('x');
  }
  ~SandboxDeathTest() override { std::filesystem::remove_all(directory_); }

  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }

  void enter() const {
    const CriSocket socket(directory_ + "/cri.sock");
    const auto entered = program::confine(
        kRow,
        {.account = kAccount, .groups = socket.groups(), .directories = socket.directories()});
    if (!entered) {
      log::error("{}", entered.error().message);
      lookup::end_process(99);
    }
  }

  static bool exists(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0;
  }

  // One a test, for tests run side by side; without the pid in it, for a death test of this style
  // is another process.
  std::string directory_ = testing::TempDir() + "resolver-sandbox-" +
                           testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(SandboxDeathTest, LetsNoForbiddenCallThrough) {
  EXPECT_EXIT((enter(), sandbox::end_by(::mkdir("/x", 0700))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), testing::KilledBySignal(SIGSYS),
              "");
  EXPECT_EXIT((enter(), sandbox::end_by(::listen(0, 1))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
}

TEST_F(SandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden([this] { enter(); });
}

TEST_F(SandboxDeathTest, HasNoNetwork) {
  EXPECT_EXIT((enter(), sandbox::end_by(::socket(AF_INET, SOCK_STREAM, 0))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
}

/// 0, or the errno of connect(2).
int connect_to(const sockaddr_un& address, socklen_t size) {
  const int link = ::socket(AF_UNIX, SOCK_STREAM, 0);
  return ::connect(link, reinterpret_cast<const sockaddr*>(&address), size) == 0 ? 0 : errno;
}

int listen_on(const sockaddr_un& address, socklen_t size) {
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const bool bound = ::bind(listening, reinterpret_cast<const sockaddr*>(&address), size) == 0;
  return bound && ::listen(listening, 1) == 0 ? 0 : errno;
}

TEST_F(SandboxDeathTest, ReachesASocketByItsPathAndNoneByAnAbstractName) {
  const auto work = [this] {
    sockaddr_un by_path{AF_UNIX, {}};
    const std::string path = directory_ + "/listening.sock";
    path.copy(by_path.sun_path, path.size());
    sockaddr_un abstract{AF_UNIX, {}};
    const std::string name = "zomg-" + std::to_string(::getpid());
    name.copy(abstract.sun_path + 1, name.size());
    const auto size = static_cast<socklen_t>(sizeof(sa_family_t) + 1 + name.size());
    if (listen_on(by_path, sizeof(by_path)) != 0 || listen_on(abstract, size) != 0 ||
        ::chmod(path.c_str(), 0666) != 0 || connect_to(abstract, size) != 0) {
      lookup::end_process(98);
    }
    enter();
    const bool right =
        connect_to(by_path, sizeof(by_path)) == 0 && connect_to(abstract, size) == ECONNREFUSED;
    lookup::end_process(right ? 0 : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
}

TEST_F(SandboxDeathTest, ShowsTheSocketsDirectoryAndNothingElse) {
  const auto look = [this] {
    enter();
    const bool right =
        exists(directory_ + "/cri.sock") && !exists("/etc") && !exists("/proc") && ::getpid() > 0;
    lookup::end_process(right ? 0 : 1);
  };
  EXPECT_EXIT(look(), testing::ExitedWithCode(0), "");
}

TEST_F(SandboxDeathTest, LeavesMountsBelowTheDirectoryOut) {
  const auto look = [this] {
    const std::string mounted = directory_ + "/mounted";
    // In a namespace of its own first, so that the mount is the test's alone.
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_PRIVATE | MS_REC, nullptr) != 0 ||
        ::mount("none", mounted.c_str(), "tmpfs", 0, nullptr) != 0) {
      lookup::end_process(98);
    }
    std::ofstream(mounted + "/container").put('x');
    enter();
    lookup::end_process(exists(mounted) && !exists(mounted + "/container") ? 0 : 1);
  };
  EXPECT_EXIT(look(), testing::ExitedWithCode(0), "");
}

TEST_F(SandboxDeathTest, LetsThreadsWorkAndLog) {
  const auto work = [this] {
    enter();
    for (int i = 0; i < 3; ++i) {
      std::thread([] {
        // More than a malloc arena's first heap, and back.
        for (std::size_t size = 1024; size < 64 * 1024 * 1024; size *= 2) std::string(size, 'x');
        log::warning("still here");
      }).join();
    }
    lookup::end_process(0);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "still here");
}

TEST_F(SandboxDeathTest, LetsACheckAbort) {
  EXPECT_EXIT((enter(), std::abort()), testing::KilledBySignal(SIGABRT), "");
}

TEST_F(SandboxDeathTest, RefusesToRunAsRoot) {
  EXPECT_EXIT(lookup::end_process(program::confine(kRow, {}) ? 0 : 1), testing::ExitedWithCode(1),
              "");
}

}  // namespace
}  // namespace zomg::resolver
