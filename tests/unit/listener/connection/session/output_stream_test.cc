#include "listener/connection/session/output_stream.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "tests/unit/listener/connection/session/fake_channel.h"

namespace zomg::connection {
namespace {

using Outcome = OutputStream::Outcome;

class OutputStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    auto pipe = common::make_pipe();
    ASSERT_TRUE(pipe);
    ASSERT_TRUE(common::set_nonblocking(pipe->first.get(), true));
    stream_.open(std::move(pipe->first));
    program_ = std::move(pipe->second);
  }
  void say(std::string_view text) {
    ASSERT_EQ(::write(program_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  Outcome pump() { return stream_.pump(channel_, buffer_, buffer_.size()); }

  FakeChannel channel_;
  OutputStream stream_{false};
  common::Fd program_;
  std::array<char, 64> buffer_{};
};

TEST_F(OutputStreamTest, MovesUntilTheEnd) {
  say("hello");
  EXPECT_EQ(pump(), Outcome::kMoved);
  EXPECT_EQ(pump(), Outcome::kIdle);
  program_.reset();
  EXPECT_EQ(pump(), Outcome::kEnded);
  EXPECT_TRUE(stream_.finished());
  EXPECT_EQ(channel_.stdout_, "hello");
}

TEST_F(OutputStreamTest, ReadsNoMoreThanTheWindow) {
  channel_.window_ = 3;
  say("hello");
  EXPECT_EQ(pump(), Outcome::kMoved);
  EXPECT_FALSE(stream_.wants_read(channel_));
  EXPECT_EQ(pump(), Outcome::kBlocked);
  EXPECT_EQ(channel_.stdout_, "hel");
  channel_.window_ = 100;
  pump();
  EXPECT_EQ(channel_.stdout_, "hello");
}

TEST_F(OutputStreamTest, KeepsWhatTheChannelDidNotTake) {
  channel_.most_per_write_ = 2;
  say("hello");
  pump();
  EXPECT_TRUE(stream_.has_pending());
  program_.reset();
  for (int i = 0; i < 4; ++i) pump();
  EXPECT_EQ(channel_.stdout_, "hello");
  EXPECT_TRUE(stream_.finished());
}

TEST_F(OutputStreamTest, DiscardsWithoutAWindow) {
  channel_.window_ = 0;
  say("hello");
  EXPECT_EQ(stream_.pump(channel_, buffer_, buffer_.size(), true), Outcome::kMoved);
  EXPECT_EQ(stream_.pump(channel_, buffer_, buffer_.size(), true), Outcome::kIdle);
  EXPECT_EQ(channel_.stdout_, "");
}

}  // namespace
}  // namespace zomg::connection
