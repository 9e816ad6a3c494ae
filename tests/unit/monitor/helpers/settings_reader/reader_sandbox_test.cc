#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <new>
#include <string>

#include "common/base/limits.h"
#include "common/program/confinement.h"
#include "monitor/helpers/settings_reader/sandbox.h"
#include "monitor/helpers/settings_reader/yaml_mapping.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::settings_reader {
namespace {

void enter() {
  if (!program::confine(kRow, {.account = {65534, 65534}})) ::_exit(99);
}

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class SettingsReaderSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

TEST_F(SettingsReaderSandboxDeathTest, LetsNoForbiddenCallThrough) {
  const testing::KilledBySignal killed(SIGSYS);
  EXPECT_EXIT((enter(), sandbox::end_by(::socket(AF_INET, SOCK_STREAM, 0))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), sandbox::end_by(::fork())),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), killed, "");
  EXPECT_EXIT((enter(), ::kill(1, 0)), killed, "");
  EXPECT_EXIT((enter(), (void)(::setuid(0) == 0)), killed, "");
}

#ifndef ZOMG_SANITIZED  // whose run-time library opens files
TEST_F(SettingsReaderSandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden(enter);
}

TEST_F(SettingsReaderSandboxDeathTest, HasNoFileToOpen) {
  EXPECT_EXIT((enter(), sandbox::end_by(::open("/etc/passwd", O_RDONLY))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
}

TEST_F(SettingsReaderSandboxDeathTest, BoundsItsMemory) {
  EXPECT_EXIT((enter(), sandbox::end_by_growing(limits::kSettingsReaderDataBytes)),
              testing::ExitedWithCode(sandbox::kBoundedStatus), "");
}
#endif

TEST_F(SettingsReaderSandboxDeathTest, LetsItReadAFileAndUnderstandIt) {
  const auto work = [] {
    std::array<int, 2> file{};
    const std::string text = "log_level: debug\n";
    if (::pipe(file.data()) != 0 || ::write(file[1], text.data(), text.size()) < 0) ::_exit(98);
    enter();
    std::array<char, 64> read{};
    const ssize_t got = ::read(file[0], read.data(), read.size());
    const auto mapping = read_yaml_mapping({read.data(), static_cast<std::size_t>(got)});
    ::_exit(mapping.settings.value.size() == 1 ? 0 : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace zomg::settings_reader
