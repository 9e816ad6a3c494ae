#include "monitor/helpers/recorder/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "common/base/child.h"
#include "common/program/confinement.h"
#include "common/sandbox/root.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::recorder {
namespace {

constexpr int kPassed = 0;
constexpr int kNoSandbox = 2;

/// Runs `action` in a child under the recorder's sandbox, with the directory of recordings.
template <typename Action>
common::ExitStatus run_sandboxed(Action action) {
  const std::string path = testing::TempDir() + "recorder-sandbox-" + std::to_string(::getpid());
  std::filesystem::create_directory(path);
  EXPECT_EQ(::chown(path.c_str(), 65534, 65534), 0);
  auto child = common::fork_child();
  EXPECT_TRUE(child);
  if (!*child) {
    auto directory = sandbox::open_detached(path);
    if (!directory || !program::confine(kRow, {.account = {65534, 65534}})) ::_exit(kNoSandbox);
    ::_exit(action(directory->get()));
  }
  auto status = child->wait();
  EXPECT_TRUE(status);
  std::filesystem::remove_all(path);
  return *status;
}

class RecorderSandbox : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
#ifdef ZOMG_SANITIZED
    GTEST_SKIP() << "sanitizers need the host's root";
#endif
  }
};

TEST_F(RecorderSandbox, LetsItMakeFilesInItsDirectory) {
  const auto status = run_sandboxed([](int directory) {
    const int file = ::openat(directory, "x.cast", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return file >= 0 && ::write(file, "x", 1) == 1 ? kPassed : 1;
  });
  EXPECT_EQ(status.describe(), "exit status 0");
}

TEST_F(RecorderSandbox, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden([] {
    if (!program::confine(kRow, {.account = {65534, 65534}})) ::_exit(kNoSandbox);
  });
}

TEST_F(RecorderSandbox, LetsItOutOfThatDirectoryByNoPath) {
  const auto status = run_sandboxed([](int directory) {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    // In that directory alone, though the others would take a file of this account, too.
    if (::openat(directory, "../above.cast", kFlags, 0600) < 0) return kPassed;
    return ::openat(directory, "above.cast", kFlags, 0600) < 0 && errno == EEXIST ? kPassed : 1;
  });
  EXPECT_EQ(status.describe(), "exit status 0");
  const auto read =
      run_sandboxed([](int directory) { return ::openat(directory, "..", O_RDONLY | O_CLOEXEC); });
  EXPECT_EQ(read.signal, SIGSYS);
}

TEST_F(RecorderSandbox, KillsItForASocket) {
  const auto status =
      run_sandboxed([](int /*directory*/) { return ::socket(AF_INET, SOCK_STREAM, 0); });
  EXPECT_EQ(status.signal, SIGSYS);
}

}  // namespace
}  // namespace zomg::recorder
