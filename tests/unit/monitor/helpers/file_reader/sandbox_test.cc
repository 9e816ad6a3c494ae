#include "monitor/helpers/file_reader/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/capability.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/base/log.h"
#include "common/ipc/shelf.h"
#include "common/program/confinement.h"
#include "monitor/files/file.h"
#include "monitor/helpers/file_reader/answer.h"

namespace zomg::file_reader {
namespace {

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class FileReaderSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    log::start("file_reader_test", log::Level::kInfo);
  }
  static void enter(messages::FileTask task = messages::FileTask::kRead) {
    if (!program::confine(kRow, {.calls = calls_of(task)})) ::_exit(99);
  }
};

TEST_F(FileReaderSandboxDeathTest, KillsForbiddenCalls) {
  EXPECT_EXIT((enter(), (void)::socket(AF_INET, SOCK_STREAM, 0)), testing::KilledBySignal(SIGSYS),
              "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), testing::KilledBySignal(SIGSYS),
              "");
  EXPECT_EXIT((enter(), (void)::unlink("/nowhere/x")), testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT((enter(), (void)::chmod("/nowhere/x", 0)), testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT((enter(), (void)::kill(1, 0)), testing::KilledBySignal(SIGSYS), "");
}

TEST_F(FileReaderSandboxDeathTest, KillsOneThatReadsWhenItOpensAFileToWrite) {
  for (const int how : {O_WRONLY, O_RDWR, O_WRONLY | O_APPEND | O_CREAT, O_RDONLY | O_CREAT,
                        O_RDONLY | O_TRUNC, O_RDONLY | O_APPEND, O_TMPFILE | O_RDWR}) {
    for (const auto task : {messages::FileTask::kRead, messages::FileTask::kWatch}) {
      EXPECT_EXIT((enter(task), (void)::open("/nowhere/x", how, 0600)),
                  testing::KilledBySignal(SIGSYS), "")
          << how;
    }
  }
}

TEST_F(FileReaderSandboxDeathTest, KillsOneThatIsToAppendWhenItReadsOrOverwrites) {
  for (const int how : {O_RDONLY, O_WRONLY, O_RDWR | O_CREAT | O_APPEND, O_WRONLY | O_CREAT,
                        O_WRONLY | O_CREAT | O_APPEND | O_TRUNC}) {
    EXPECT_EXIT((enter(messages::FileTask::kOpenForAppend), (void)::open("/nowhere/x", how, 0600)),
                testing::KilledBySignal(SIGSYS), "")
        << how;
  }
}

TEST_F(FileReaderSandboxDeathTest, LetsItOpenAFileForOthersToAppendTo) {
  const auto work = [] {
    common::Fd filler;
    const auto shelf = ipc::Shelf::empty(filler);
    auto ends = common::make_packet_socketpair();
    const ipc::Channel monitor(std::move(ends->first));
    const ipc::Channel own(std::move(ends->second));
    enter(messages::FileTask::kOpenForAppend);
    // It gets as far as the kernel.
    const bool none = !monitor::open_for_append("/dev/null/none");
    const bool handed = hand_over(own, std::move(filler), common::Fd(STDERR_FILENO)).has_value();
    ::_exit(none && handed && ipc::take_from_shelf(shelf->fd()) && monitor.receive() ? 0 : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
}

TEST_F(FileReaderSandboxDeathTest, LeavesNoCapability) {
  const auto look = [] {
    const cap_t before = cap_get_proc();
    cap_clear(before);
    enter();
    const auto status = monitor::read_file("/proc/self/status", 1 << 16, common::StrictModes::kNo);
    const bool none = status && status->find("CapPrm:\t0000000000000000") != std::string::npos &&
                      status->find("CapBnd:\t0000000000000000") != std::string::npos;
    ::_exit(none ? 0 : 1);
  };
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_EXIT(look(), testing::ExitedWithCode(0), "");
}

TEST_F(FileReaderSandboxDeathTest, LetsItReadAndTell) {
  const auto work = [] {
    auto ends = common::make_packet_socketpair();
    const ipc::Channel monitor(std::move(ends->first));
    enter();
    const auto text = monitor::read_file("/etc/hostname", 1 << 16);
    log::warning("still here");
    ::_exit(tell_contents(ipc::Channel(std::move(ends->second)), text, true) && monitor.receive()
                ? 0
                : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "still here");
}

TEST_F(FileReaderSandboxDeathTest, LetsItSeeWhoElseCouldWriteTheFile) {
  // Forked, not executed again: that would make the files a second time, and leave them.
  GTEST_FLAG_SET(death_test_style, "fast");
  std::string directory = testing::TempDir() + "zomg-file-reader-XXXXXX";
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const std::string ours = directory + "/ours";
  const std::string theirs = directory + "/theirs";
  for (const std::string& path : {ours, theirs}) std::ofstream(path + ".text") << "text";
  std::filesystem::permissions(theirs + ".text", std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  // By a relative link, and by one that leads back to the root.
  std::filesystem::create_symlink("ours.text", ours);
  std::filesystem::create_symlink(theirs + ".text", theirs);
  const auto work = [&] {
    enter();
    const auto good = monitor::read_file(ours, 100);
    const auto bad = monitor::read_file(theirs, 100);
    ::_exit(good && !bad && bad.error().errno_value == common::kInsecure ? 0 : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace zomg::file_reader
