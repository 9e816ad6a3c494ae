#include "monitor/files/file_answer.h"

#include <gtest/gtest.h>

#include <numeric>

#include "monitor/helpers/file_reader/answer.h"

namespace zomg::monitor {
namespace {

constexpr std::size_t kMaxBytes = 300'000;

messages::FileOrder order(messages::FileTask task) {
  messages::FileOrder order;
  order.task = task;
  order.max_bytes = kMaxBytes;
  return order;
}

/// A reader at the other end of a channel on which a test says what it likes.
class FileAnswerTest : public testing::Test {
 protected:
  FileAnswerTest() {
    auto ends = common::make_packet_socketpair().value();
    ours_ = ipc::Channel(std::move(ends.first));
    theirs_ = ipc::Channel(std::move(ends.second));
  }
  template <ipc::Message M>
  common::Result<bool> take(const M& message, std::initializer_list<int> fds = {}) {
    EXPECT_TRUE(theirs_.send_packet(*ipc::encode(message), fds).has_value());
    return contents_.take(ours_.receive().value());
  }
  static messages::FileAnswer of(std::uint64_t bytes) {
    messages::FileAnswer answer;
    answer.bytes = bytes;
    return answer;
  }

  static messages::FilePart part(std::string_view bytes) { return {bytes}; }

  ipc::Channel ours_;
  ipc::Channel theirs_;
  FileAnswerReader contents_{order(messages::FileTask::kWatch)};
};

TEST_F(FileAnswerTest, IsPutTogetherFromItsParts) {
  std::string text(kMaxBytes, '\0');
  std::iota(text.begin(), text.end(), '\0');
  const pid_t reader = ::fork();
  if (reader == 0) ::_exit(file_reader::tell_contents(theirs_, text, false) ? 0 : 1);
  bool whole = false;
  while (!whole) whole = contents_.take(ours_.receive().value()).value();
  EXPECT_EQ(contents_.answer()->contents, text);
}

TEST_F(FileAnswerTest, MayBeEmptyAndIsFollowedByOthers) {
  EXPECT_TRUE(take(of(0)).value());
  EXPECT_EQ(contents_.answer()->contents, "");
  EXPECT_FALSE(take(of(3)).value());
  EXPECT_TRUE(take(part("new")).value());
  EXPECT_EQ(contents_.answer()->contents, "new");
}

TEST_F(FileAnswerTest, SaysWhyThereIsNone) {
  messages::FileAnswer answer;
  answer.errno_value = ENOENT;
  answer.error = std::string_view("nothing there");
  EXPECT_TRUE(take(answer).value());
  EXPECT_EQ(contents_.answer().error().message, "nothing there");
}

TEST_F(FileAnswerTest, HasNoMoreBytesThanAskedForOrSaid) {
  EXPECT_FALSE(take(of(kMaxBytes + 1)));
  EXPECT_FALSE(take(of(2)).value());
  EXPECT_FALSE(take(part("new")));
  EXPECT_FALSE(take(part("")));
  EXPECT_FALSE(take(of(2)));
}

TEST_F(FileAnswerTest, ComesInNoMorePartsThanItNeeds) {
  EXPECT_FALSE(take(of(kMaxBytes)).value());
  EXPECT_FALSE(take(part("new")));
}

TEST_F(FileAnswerTest, HasNoDescriptor) {
  EXPECT_FALSE(take(of(0), {STDIN_FILENO}));
}

TEST_F(FileAnswerTest, HasNoBytesOfAFileThatIsOpenedForOthers) {
  contents_ = FileAnswerReader(order(messages::FileTask::kOpenForAppend));
  EXPECT_FALSE(take(of(0), {STDIN_FILENO}));
  EXPECT_FALSE(take(of(1)));
  EXPECT_TRUE(take(of(0)).value());
  EXPECT_TRUE(contents_.answer());
}

}  // namespace
}  // namespace zomg::monitor
