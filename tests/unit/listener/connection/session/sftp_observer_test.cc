#include "listener/connection/session/sftp_observer.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/base/limits.h"
#include "tests/unit/listener/connection/protocol/wire_text.h"

namespace zomg::connection {
namespace {

using messages::SftpAction;

std::string packet(char type, std::uint32_t id, const std::string& rest) {
  return wire_string(std::string(1, type) + wire_uint32(id) + rest);
}
std::string wire_uint64(std::uint64_t value) {
  return wire_uint32(static_cast<std::uint32_t>(value >> 32)) +
         wire_uint32(static_cast<std::uint32_t>(value));
}
std::string open_file(std::uint32_t id, std::string_view path, std::uint32_t flags) {
  return packet(3, id, wire_string(path) + wire_uint32(flags) + wire_uint32(0));
}
std::string close_file(std::uint32_t id, std::string_view handle) {
  return packet(4, id, wire_string(handle));
}
std::string write_file(std::uint32_t id, std::string_view handle, std::string_view data) {
  return packet(6, id, wire_string(handle) + wire_uint64(0) + wire_string(data));
}
std::string status(std::uint32_t id, std::uint32_t code) {
  return packet(101, id, wire_uint32(code) + wire_string("text") + wire_string(""));
}
std::string handle(std::uint32_t id, std::string_view name) {
  return packet(102, id, wire_string(name));
}

std::string read_file(std::uint32_t id, std::string_view handle) {
  return packet(5, id, wire_string(handle) + wire_uint64(0) + wire_uint32(32768));
}
std::string data(std::uint32_t id, std::string_view bytes) {
  return packet(103, id, wire_string(bytes));
}

class SftpObserverTest : public testing::Test {
 protected:
  bool not_followed() const {
    return !told_.empty() && told_.back().action == SftpAction::kNotFollowed;
  }

  std::vector<messages::ReportSftp> told_;
  SftpObserver observer_{[this](const auto& report) { told_.push_back(report); }};
};

TEST_F(SftpObserverTest, TellsOfAFileWhenItIsOpenedAndHowMuchWasWrittenWhenItIsClosed) {
  observer_.on_request_bytes(open_file(1, "/root/x", 2 | 8 | 16));
  EXPECT_TRUE(told_.empty());
  observer_.on_reply_bytes(handle(1, "h"));
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].action, SftpAction::kOpen);
  EXPECT_EQ(told_[0].path.value, "/root/x");
  EXPECT_TRUE(told_[0].succeeded && told_[0].for_writing && !told_[0].for_reading);
  observer_.on_request_bytes(write_file(2, "h", "hello") + write_file(3, "h", "world!"));
  observer_.on_reply_bytes(status(2, 0) + status(3, 4));  // the second failed
  observer_.on_request_bytes(close_file(4, "h"));
  observer_.on_reply_bytes(status(4, 0));
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_EQ(told_[1].action, SftpAction::kClose);
  EXPECT_EQ(told_[1].path.value, "/root/x");
  EXPECT_EQ(told_[1].bytes_written, 5U);
}

TEST_F(SftpObserverTest, CountsWhatWasRead) {
  observer_.on_request_bytes(open_file(1, "x", 1));
  observer_.on_reply_bytes(handle(1, "h"));
  observer_.on_request_bytes(read_file(2, "h"));
  observer_.on_reply_bytes(data(2, std::string(20000, 'd')));
  observer_.finish();
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_EQ(told_[1].bytes_read, 20000U);
  EXPECT_FALSE(told_[1].succeeded);  // it was never closed
}

TEST_F(SftpObserverTest, TellsWhetherNamesWereChanged) {
  observer_.on_request_bytes(
      packet(18, 1, wire_string("a") + wire_string("b")) + packet(13, 2, wire_string("c")) +
      packet(char(200), 3,
             wire_string("posix-rename@openssh.com") + wire_string("d") + wire_string("e")) +
      packet(14, 4, wire_string("f") + wire_uint32(0)) + packet(15, 5, wire_string("g")));
  for (std::uint32_t id = 1; id <= 5; ++id) observer_.on_reply_bytes(status(id, id == 2 ? 2 : 0));
  ASSERT_EQ(told_.size(), 5U);
  EXPECT_EQ(told_[0].action, SftpAction::kRename);
  EXPECT_EQ(told_[0].target.value, "b");
  EXPECT_EQ(told_[1].action, SftpAction::kRemove);
  EXPECT_FALSE(told_[1].succeeded);
  EXPECT_EQ(told_[2].action, SftpAction::kRename);
  EXPECT_EQ(told_[2].path.value, "d");
  EXPECT_EQ(told_[3].action, SftpAction::kMakeDirectory);
  EXPECT_EQ(told_[4].action, SftpAction::kRemoveDirectory);
}

TEST_F(SftpObserverTest, TakesTheBytesInAnyPieces) {
  const std::string request = open_file(1, "/root/x", 2);
  for (const char byte : request) observer_.on_request_bytes(std::string_view(&byte, 1));
  for (const char byte : handle(1, "h")) observer_.on_reply_bytes(std::string_view(&byte, 1));
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].action, SftpAction::kOpen);
}

TEST_F(SftpObserverTest, SaysWhenItCannotFollowAndThenNothingMore) {
  observer_.on_request_bytes("GET / HTTP/1.0\r\n");
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].action, SftpAction::kNotFollowed);
  observer_.on_request_bytes(open_file(1, "x", 1));
  observer_.on_reply_bytes(handle(1, "h"));
  observer_.finish();
  EXPECT_EQ(told_.size(), 1U);
}

TEST_F(SftpObserverTest, IsBoundedInRequestsThatAreNeverAnswered) {
  const std::string path(limits::kMaxSftpPathBytes, 'p');
  const auto enough =
      static_cast<std::uint32_t>(limits::kMaxSftpHeldBytes / limits::kMaxSftpPathBytes);
  for (std::uint32_t id = 0; id <= enough && told_.empty(); ++id) {
    observer_.on_request_bytes(open_file(id, path, 1));
  }
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].action, SftpAction::kNotFollowed);
}

TEST_F(SftpObserverTest, IsBoundedInFilesThatAreNeverClosed) {
  const std::string path(limits::kMaxSftpPathBytes, 'p');
  const auto enough =
      static_cast<std::uint32_t>(limits::kMaxSftpHeldBytes / limits::kMaxSftpPathBytes);
  for (std::uint32_t id = 0; id <= enough && !not_followed(); ++id) {
    observer_.on_request_bytes(open_file(id, path, 1));
    observer_.on_reply_bytes(handle(id, std::to_string(id)));
  }
  EXPECT_TRUE(not_followed());
}

TEST_F(SftpObserverTest, FollowsAsManyReadsAsAPipeHolds) {
  observer_.on_request_bytes(open_file(0, "x", 1));
  observer_.on_reply_bytes(handle(0, "1234"));
  const std::string one = read_file(1, "1234");
  const auto count = static_cast<std::uint32_t>(1024 * 1024 / one.size());
  for (std::uint32_t id = 1; id <= count; ++id) observer_.on_request_bytes(read_file(id, "1234"));
  for (std::uint32_t id = 1; id <= count; ++id) observer_.on_reply_bytes(data(id, "12345678"));
  // As often as one likes: what was answered takes no room.
  for (std::uint32_t id = 1; id <= count; ++id) observer_.on_request_bytes(read_file(id, "1234"));
  for (std::uint32_t id = 1; id <= count; ++id) observer_.on_reply_bytes(data(id, "12345678"));
  observer_.finish();
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_EQ(told_[1].bytes_read, 2ULL * count * 8);
}

TEST_F(SftpObserverTest, LetsNoIdentifierThatIsUsedTwiceHideAFile) {
  observer_.on_request_bytes(open_file(1, "secret", 1) + open_file(1, "harmless", 1));
  EXPECT_TRUE(not_followed());
}

TEST_F(SftpObserverTest, LetsNoRequestOfAnotherKindHideAFile) {
  const std::string stat = packet(17, 1, wire_string("x"));
  observer_.on_request_bytes(stat + open_file(1, "secret", 1));
  EXPECT_TRUE(not_followed());
}

TEST_F(SftpObserverTest, DoesNotFollowAnAnswerThatNobodyWaitsFor) {
  observer_.on_request_bytes(packet(17, 1, wire_string("x")));
  observer_.on_reply_bytes(packet(105, 1, "attributes"));
  EXPECT_TRUE(told_.empty());
  observer_.on_reply_bytes(packet(105, 1, "attributes"));
  EXPECT_TRUE(not_followed());
}

TEST_F(SftpObserverTest, TakesTheVersionsForNoRequest) {
  observer_.on_request_bytes(wire_string(std::string(1, 1) + wire_uint32(3)));
  observer_.on_reply_bytes(wire_string(std::string(1, 2) + wire_uint32(3)));
  observer_.on_request_bytes(open_file(3, "x", 1));
  observer_.on_reply_bytes(handle(3, "h"));
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].action, SftpAction::kOpen);
}

TEST_F(SftpObserverTest, CountsWhatIsTooMuchToTell) {
  for (std::uint32_t id = 0; id < limits::kSftpReportBurst + 50; ++id) {
    observer_.on_request_bytes(packet(13, id, wire_string("x")));
    observer_.on_reply_bytes(status(id, 0));
  }
  observer_.finish();
  std::uint64_t untold = 0;
  for (const auto& report : told_) untold += report.untold;
  EXPECT_GE(told_.size(), limits::kSftpReportBurst);
  EXPECT_GT(untold, 0U);
  EXPECT_EQ(told_.back().action, SftpAction::kNotFollowed);
}

TEST_F(SftpObserverTest, TellsWhatASessionAskedForThatEndedBeforeTheAnswer) {
  observer_.on_request_bytes(open_file(1, "file", 1));
  observer_.on_reply_bytes(handle(1, "h"));
  observer_.on_request_bytes(packet(13, 2, wire_string("x")) + read_file(3, "h") +
                             packet(17, 4, wire_string("looked at")) + close_file(5, "h"));
  observer_.finish();
  ASSERT_EQ(told_.size(), 3U);
  EXPECT_EQ(told_[1].action, SftpAction::kRemove);
  EXPECT_EQ(told_[1].path.value, "x");
  EXPECT_TRUE(told_[1].unanswered);
  EXPECT_EQ(told_[2].action, SftpAction::kClose);
  EXPECT_EQ(told_[2].path.value, "file");
}

TEST_F(SftpObserverTest, CutsALongPath) {
  const std::string path(limits::kMaxSftpPathBytes + 100, 'p');
  observer_.on_request_bytes(packet(13, 1, wire_string(path)));
  observer_.on_reply_bytes(status(1, 0));
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].path.value.size(), limits::kMaxSftpPathBytes);
}

TEST_F(SftpObserverTest, TellsWhoseAttributesWereSet) {
  // Size, owner and permissions.
  const std::string attributes =
      wire_uint32(1 | 2 | 4) + wire_uint64(9) + wire_uint32(0) + wire_uint32(0) + wire_uint32(0600);
  observer_.on_request_bytes(packet(9, 1, wire_string("/root/x") + attributes));
  observer_.on_reply_bytes(status(1, 0));
  observer_.on_request_bytes(packet(
      static_cast<char>(200), 2,
      wire_string("lsetstat@openssh.com") + wire_string("link") + wire_uint32(8) + wire_uint64(0)));
  observer_.on_reply_bytes(status(2, 4));
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_EQ(told_[0].action, SftpAction::kSetAttributes);
  EXPECT_EQ(told_[0].path.value, "/root/x");
  EXPECT_EQ(told_[0].attributes, 7U);
  EXPECT_EQ(told_[0].permissions, 0600U);
  EXPECT_TRUE(told_[0].succeeded);
  EXPECT_EQ(told_[1].path.value, "link");
  EXPECT_EQ(told_[1].attributes, 8U);
  EXPECT_FALSE(told_[1].succeeded);
}

TEST_F(SftpObserverTest, TellsWhoseAttributesWereSetByAHandle) {
  observer_.on_request_bytes(open_file(1, "x", 2));
  observer_.on_reply_bytes(handle(1, "h"));
  for (const char* which : {"h", "directory"}) {
    observer_.on_request_bytes(
        packet(10, 2, wire_string(which) + wire_uint32(4) + wire_uint32(0755)));
    observer_.on_reply_bytes(status(2, 0));
  }
  ASSERT_EQ(told_.size(), 3U);
  EXPECT_EQ(told_[1].path.value, "x");
  EXPECT_EQ(told_[1].permissions, 0755U);
  EXPECT_EQ(told_[2].path.value, "");
}

TEST_F(SftpObserverTest, TellsWhatWasCopiedInTheBox) {
  observer_.on_request_bytes(open_file(1, "from", 1) + open_file(2, "to", 2));
  observer_.on_reply_bytes(handle(1, "f") + handle(2, "t"));
  const std::string copy = wire_string("copy-data") + wire_string("f") + wire_uint64(0) +
                           wire_uint64(0) + wire_string("t") + wire_uint64(0);
  observer_.on_request_bytes(packet(static_cast<char>(200), 3, copy));
  observer_.on_reply_bytes(status(3, 0));
  ASSERT_EQ(told_.size(), 3U);
  EXPECT_EQ(told_[2].action, SftpAction::kCopy);
  EXPECT_EQ(told_[2].path.value, "from");
  EXPECT_EQ(told_[2].target.value, "to");
  EXPECT_TRUE(told_[2].succeeded);
}

TEST_F(SftpObserverTest, DoesNotFollowAttributesThatAreCutOff) {
  observer_.on_request_bytes(packet(9, 1, wire_string("x") + wire_uint32(1 | 4) + wire_uint64(9)));
  EXPECT_TRUE(not_followed());
}

}  // namespace
}  // namespace zomg::connection
