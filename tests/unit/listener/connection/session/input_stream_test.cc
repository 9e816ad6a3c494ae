#include "listener/connection/session/input_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "common/base/fd.h"
#include "tests/unit/listener/connection/session/fake_channel.h"

namespace zomg::connection {
namespace {

class InputStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    auto pipe = common::make_pipe(4096);
    ASSERT_TRUE(pipe);
    ASSERT_TRUE(common::set_nonblocking(pipe->first.get(), true));
    ASSERT_TRUE(common::set_nonblocking(pipe->second.get(), true));
    program_ = std::move(pipe->first);
    target_ = std::move(pipe->second);
  }
  std::string heard() {
    std::string text(1 << 20, '\0');
    const ssize_t got = ::read(program_.get(), text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  FakeChannel channel_;
  InputStream input_;
  common::Fd program_;
  common::Fd target_;
  std::array<char, 100> buffer_{};
};

TEST_F(InputStreamTest, DataBeforeTheProgramWaits) {
  EXPECT_EQ(input_.take("abc"), 0u);
  channel_.waiting_ = "abc";
  input_.open(target_.get());
  EXPECT_TRUE(input_.wants_write());
  EXPECT_TRUE(input_.drain(channel_, buffer_));
  EXPECT_FALSE(input_.wants_write());
  EXPECT_EQ(heard(), "abc");
  EXPECT_EQ(input_.take("def"), 3u);
  EXPECT_EQ(heard(), "def");
}

TEST_F(InputStreamTest, AFullPipeLosesNothingAndKeepsTheOrder) {
  input_.open(target_.get());
  std::string all;
  for (int i = 0; i < 3000; ++i) all += std::to_string(i) + ",";
  channel_.waiting_ = all.substr(input_.take(all));
  EXPECT_FALSE(channel_.waiting_.empty());
  EXPECT_EQ(input_.take("later"), 0u);
  channel_.waiting_ += "later";
  std::string got;
  for (int i = 0; i < 100 && input_.wants_write(); ++i) {
    got += heard();
    input_.drain(channel_, buffer_);
  }
  got += heard();
  EXPECT_EQ(got, all + "later");
}

TEST_F(InputStreamTest, TheProgramGetsNoMoreThanThereIsRoomFor) {
  std::size_t room = 3;
  input_.limit([&room] { return room; });
  input_.watch([&room](std::string_view bytes) { room -= bytes.size(); });
  input_.open(target_.get());
  EXPECT_EQ(input_.take("abcdef"), 3u);
  channel_.waiting_ = "def";
  EXPECT_TRUE(input_.is_held());
  EXPECT_FALSE(input_.wants_write());
  EXPECT_FALSE(input_.drain(channel_, buffer_));
  EXPECT_EQ(heard(), "abc");
  room = 2;
  EXPECT_TRUE(input_.wants_write());
  EXPECT_FALSE(input_.drain(channel_, buffer_));
  EXPECT_EQ(channel_.waiting_, "f");
  room = 100;
  EXPECT_TRUE(input_.drain(channel_, buffer_));
  EXPECT_EQ(heard(), "def");
}

TEST_F(InputStreamTest, WhatNobodyReadsIsNotHeldBack) {
  input_.limit([] { return 0; });
  input_.open(target_.get());
  EXPECT_EQ(input_.take("abc"), 0u);
  channel_.waiting_ = "abc";
  input_.close();
  EXPECT_TRUE(input_.drain(channel_, buffer_));
  EXPECT_EQ(channel_.waiting_, "");
}

TEST_F(InputStreamTest, AProgramThatReadsNoMoreGetsNoMore) {
  input_.open(target_.get());
  program_.reset();
  EXPECT_EQ(input_.take("abc"), 3u);
  EXPECT_TRUE(input_.closed());
  EXPECT_EQ(input_.take("def"), 3u);
}

/// With 64 KiB of it for whoever enlarges it.
class BoundedInputTest : public InputStreamTest {
 protected:
  static constexpr std::size_t kMost = 16 * 1024;

  void SetUp() override {
    InputStreamTest::SetUp();
    ASSERT_GT(::fcntl(program_.get(), F_SETPIPE_SZ, 64 * 1024), 0);
    input_.open(target_.get(), kMost);
    const std::string data(32 * 1024, 'x');
    channel_.waiting_ = data.substr(input_.take(data));
    input_.drain(channel_, buffer_);
  }
};

TEST_F(BoundedInputTest, AReaderThatEnlargesThePipeHasNoMoreOfTheGatewaysMemory) {
  const std::string got = heard();
  EXPECT_LE(got.size(), kMost);
  EXPECT_GT(got.size(), kMost / 2);
}

TEST_F(BoundedInputTest, WhatIsWrittenInSmallPiecesHasAPageEach) {
  heard();
  for (int i = 0; i < 64; ++i) input_.drain(channel_, buffer_);
  heard();
  channel_.waiting_.clear();
  input_.drain(channel_, buffer_);
  std::size_t taken = 0;
  for (int i = 0; i < 64; ++i) taken += input_.take("x");
  EXPECT_EQ(taken, kMost / 4096);
}

TEST_F(InputStreamTest, APipeThatIsEnlargedHasNoMoreThanIsLeft) {
  ASSERT_EQ(::fcntl(target_.get(), F_SETPIPE_SZ, 16 * 1024), 16 * 1024);
  input_.open(target_.get(), 16 * 1024);
  EXPECT_EQ(input_.take("x"), 1u);
  ASSERT_GT(::fcntl(program_.get(), F_SETPIPE_SZ, 64 * 1024), 0);
  // A page is the first piece's.
  channel_.waiting_ = std::string(16 * 1024, 'y');
  channel_.waiting_.erase(0, input_.take(channel_.waiting_));
  EXPECT_EQ(heard().size(), 1u + 12 * 1024);
}

TEST_F(InputStreamTest, AReaderThatEnlargesThePipeAfterTheLookHasOnePageMore) {
  constexpr int kMost = 16 * 1024;
  std::jthread toggling([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      ::fcntl(program_.get(), F_SETPIPE_SZ, 16 * kMost);
      ::fcntl(program_.get(), F_SETPIPE_SZ, kMost);
    }
  });
  const std::string data(8 * kMost, 'x');
  int most = 0;
  for (int i = 0; i < 1000; ++i) {
    InputStream input;
    input.open(target_.get(), kMost);
    input.take(data);
    int waiting = 0;
    ASSERT_EQ(::ioctl(program_.get(), FIONREAD, &waiting), 0);
    most = std::max(most, waiting);
    heard();
  }
  EXPECT_LE(most, kMost + static_cast<int>(PipePages::kPageBytes));
}

TEST_F(InputStreamTest, SmallPiecesFillAPipeThatIsAsItWasMade) {
  ASSERT_EQ(::fcntl(target_.get(), F_SETPIPE_SZ, 16 * 1024), 16 * 1024);
  input_.open(target_.get(), 16 * 1024);
  std::size_t taken = 0;
  while (taken < 100'000 && input_.take(std::string(10, 'x')) == 10) taken += 10;
  EXPECT_GT(taken, 15u * 1024);
  EXPECT_EQ(heard().size(), taken);
}

TEST_F(BoundedInputTest, AnEnlargedPipeThatHasAllItMayIsLookedAtNowAndThen) {
  EXPECT_FALSE(input_.wants_write());
  const auto until = input_.rests_until();
  EXPECT_LE(until, InputStream::Clock::now() + std::chrono::milliseconds(100));
  input_.rest_until(until - std::chrono::microseconds(1));
  EXPECT_FALSE(input_.wants_write());
  heard();
  input_.rest_until(until);
  EXPECT_TRUE(input_.wants_write());
  EXPECT_EQ(input_.rests_until(), InputStream::Clock::time_point::max());
  input_.drain(channel_, buffer_);
  EXPECT_NE(heard(), "");
}

TEST_F(BoundedInputTest, AFullPipeThatNobodyReadsAnyMoreHoldsNothingUp) {
  program_.reset();
  EXPECT_TRUE(input_.drain(channel_, buffer_));
  EXPECT_TRUE(input_.closed());
  EXPECT_EQ(channel_.waiting_, "");
  EXPECT_EQ(input_.rests_until(), InputStream::Clock::time_point::max());
}

}  // namespace
}  // namespace zomg::connection
