#include "monitor/helpers/file_reader/watcher.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "common/base/limits.h"
#include "monitor/files/file.h"

namespace zomg::file_reader {
namespace {

namespace fs = std::filesystem;

/// A Watcher on a thread.
class WatcherTest : public testing::Test {
 protected:
  WatcherTest() {
    std::string name = testing::TempDir() + "zomg-watcher-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    write("one");
  }
  ~WatcherTest() override {
    monitor_.close();
    if (thread_.joinable()) thread_.join();
    fs::remove_all(directory_);
  }

  void write(std::string_view text) const {
    std::ofstream(directory_ / "new", std::ios::trunc) << text;
    fs::rename(directory_ / "new", directory_ / "file");
  }
  void start(bool at_once, bool strict_modes = true) {
    auto ends = common::make_packet_socketpair();
    monitor_ = ipc::Channel(std::move(ends->first));
    const std::string path = directory_ / "file";
    const messages::FileOrder order{messages::FileTask::kWatch, std::string_view(path), 1000,
                                    at_once, strict_modes};
    // Here, as a change of user interrupts the other threads of a process.
    common::Fd changes = open_changes(order);
    thread_ =
        std::thread([order, changes = std::move(changes), end = std::move(ends->second)]() mutable {
          const ipc::Channel channel(std::move(end));
          (void)Watcher(order, channel, std::move(changes)).run().has_value();
        });
  }
  /// What it tells next: the contents, or the error, or nothing within `patience`.
  std::string told(std::chrono::milliseconds patience = std::chrono::seconds(20)) const {
    pollfd entry{monitor_.fd(), POLLIN, 0};
    if (::poll(&entry, 1, static_cast<int>(patience.count())) != 1) return "nothing";
    auto packet = monitor_.receive();
    if (!packet || packet->closed()) return "closed";
    const auto answer = ipc::decode<messages::FileAnswer>(*packet);
    if (!answer) return "something else";
    if (!answer->error.value.empty()) return "error: " + answer->error.value;
    if (answer->bytes == 0) return answer->asked ? "asked: " : "";
    const auto part = monitor_.receive_message<messages::FilePart>();
    return (answer->asked ? "asked: " : "") + part->bytes.value;
  }

  fs::path directory_;
  ipc::Channel monitor_;
  std::thread thread_;
};

TEST_F(WatcherTest, TellsTheContentsFirst) {
  start(false);
  EXPECT_EQ(told(), "one");
}

TEST_F(WatcherTest, TellsThemAgainWhenTheyHaveChanged) {
  start(false);
  EXPECT_EQ(told(), "one");
  write("two");
  EXPECT_EQ(told(), "two");
}

TEST_F(WatcherTest, TellsAtOnceWhereThatIsAskedFor) {
  start(true);
  EXPECT_EQ(told(), "one");
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) {
    write("number " + std::to_string(i));
    // It may be seen while it is exchanged, and then again.
    while (told() != "number " + std::to_string(i)) {
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - before, 5 * limits::kKeyFilePoll);
}

TEST_F(WatcherTest, TellsWhenItIsAsked) {
  start(false);
  EXPECT_EQ(told(), "one");
  ASSERT_TRUE(monitor_.send(messages::ReadFileNow{}));
  EXPECT_EQ(told(), "asked: one");
}

TEST_F(WatcherTest, TellsWhyThereIsNothing) {
  start(true);
  EXPECT_EQ(told(), "one");
  fs::remove(directory_ / "file");
  EXPECT_NE(told().find("error: " + (directory_ / "file").string()), std::string::npos);
}

TEST_F(WatcherTest, TellsWhoElseCouldWriteIt) {
  start(true);
  EXPECT_EQ(told(), "one");
  fs::permissions(directory_ / "file", fs::perms::others_write, fs::perm_options::add);
  EXPECT_NE(told().find("others than root can write to " + (directory_ / "file").string()),
            std::string::npos);
}

TEST_F(WatcherTest, TellsWhatOthersCouldWriteWhereModesAreNotStrict) {
  fs::permissions(directory_ / "file", fs::perms::others_write, fs::perm_options::add);
  start(true, false);
  EXPECT_EQ(told(), "one");
}

}  // namespace
}  // namespace zomg::file_reader
