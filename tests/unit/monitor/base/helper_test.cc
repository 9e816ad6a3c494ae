#include "monitor/base/helper.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

using common::Fd;
using common::Result;
using std::chrono::milliseconds;

Program program(const char* path) {
  return {"program", Fd(::open(path, O_PATH | O_CLOEXEC))};
}

/// While it lives, this process gets no descriptor, and so can start nothing.
class NoDescriptors {
 public:
  NoDescriptors() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none{0, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class HelperTest : public testing::Test {
 protected:
  void SetUp() override {
    loop_.after(std::chrono::seconds(20), [this] {
      ADD_FAILURE() << "not in time";
      loop_.stop();
    });
  }
  /// Once `condition` holds.
  void when(std::function<bool()> condition, std::function<void()> what) {
    loop_.after(milliseconds(5), [=, this] { condition() ? what() : when(condition, what); });
  }
  Result<void> on_start() {
    ++starts_;
    return {};
  }

  EventLoop loop_;
  /// Nothing is ever to be read from it.
  common::FdPair silence_ = *common::make_pipe();
  unsigned starts_ = 0;
};

TEST_F(HelperTest, IsStartedAgainWhenItEnds) {
  const Program ends = program("/bin/false");
  Helper helper(loop_, ends, silence_.first.get(),
                {[this](const ipc::Channel&) { return on_start(); }});
  ASSERT_TRUE(helper.start());
  when([this] { return starts_ == 2; }, [this] { loop_.stop(); });
  loop_.run();
}

/// Whatever it ended with.
class HelperThatEnds : public HelperTest, public testing::WithParamInterface<const char*> {};

TEST_P(HelperThatEnds, IsStartedUntilThatSucceeds) {
  const Program ends = program(GetParam());
  Helper helper(loop_, ends, silence_.first.get(),
                {[this](const ipc::Channel&) { return on_start(); }});
  ASSERT_TRUE(helper.start());
  std::optional<NoDescriptors> poor;
  poor.emplace();
  when([&] { return !helper.running(); },
       [&] {
         // After it was tried, and before it is again.
         loop_.after(limits::kRestartDelay + milliseconds(50), [&] {
           EXPECT_EQ(starts_, 1U);
           poor.reset();
           when([this] { return starts_ == 2; }, [this] { loop_.stop(); });
         });
       });
  loop_.run();
}

INSTANTIATE_TEST_SUITE_P(Programs, HelperThatEnds, testing::Values("/bin/true", "/bin/false"));

TEST_F(HelperTest, IsEndedAndStartedAgainWhenItCannotBeToldWhatItHasToKnow) {
  const Program waits = program("/bin/cat");
  Helper helper(loop_, waits, silence_.first.get(), {[this](const ipc::Channel&) -> Result<void> {
                  if (++starts_ == 1) return common::error("no room");
                  return {};
                }});
  EXPECT_FALSE(helper.start());
  EXPECT_FALSE(helper.running());
  when([this] { return starts_ == 2; }, [this] { loop_.stop(); });
  loop_.run();
  EXPECT_TRUE(helper.running());
}

TEST_F(HelperTest, IsStartedAgainWhenItHasEndedBeforeItIsTold) {
  const Program ends = program("/bin/false");
  Helper helper(loop_, ends, silence_.first.get(), {[this](const ipc::Channel& channel) {
                  if (++starts_ > 1) return Result<void>();
                  pollfd hangup{channel.fd(), 0, 0};
                  EXPECT_EQ(::poll(&hangup, 1, 20000), 1);
                  return channel.send_packet("word");
                }});
  EXPECT_TRUE(helper.start());
  when([this] { return starts_ == 2; }, [this] { loop_.stop(); });
  loop_.run();
}

/// /bin/sh that reads what it does, for the first time that it is started, from its standard input.
class HelperThatHangsUp : public HelperTest {
 protected:
  ~HelperThatHangsUp() override { std::filesystem::remove_all(directory_); }

  /// Once it was started again.
  void run(const std::string& script, const std::function<void()>& once_hung_up) {
    std::ofstream(directory_ + "/script") << script;
    const Fd input(::open((directory_ + "/script").c_str(), O_RDONLY | O_CLOEXEC));
    const Program shell = program("/bin/sh");
    Helper helper(loop_, shell, input.get(), {[this](const ipc::Channel&) { return on_start(); }});
    ASSERT_TRUE(helper.start());
    when([&] { return !helper.running() || starts_ == 2; }, once_hung_up);
    when([this] { return starts_ == 2; }, [this] { loop_.stop(); });
    loop_.run();
  }

  std::string pattern_ = "/tmp/helper-XXXXXX";
  const std::string directory_ = ::mkdtemp(pattern_.data());
};

TEST_F(HelperThatHangsUp, MayEndByItself) {
  const std::string fifo = directory_ + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const Fd word(::open(fifo.c_str(), O_RDWR | O_CLOEXEC));
  run("exec 3>&-; read word <" + fifo + "; echo $word >" + directory_ + "/ended",
      [&] { EXPECT_EQ(::write(word.get(), "in\n", 3), 3); });
  EXPECT_TRUE(std::filesystem::exists(directory_ + "/ended")) << "it was killed";
}

TEST_F(HelperThatHangsUp, IsEndedWhenItDoesNot) {
  run("exec 3>&-; exec sleep 1000", [] {});
  EXPECT_EQ(starts_, 2U);
}

}  // namespace
}  // namespace zomg::monitor
