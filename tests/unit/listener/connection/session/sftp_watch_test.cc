#include "listener/connection/session/sftp_watch.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/listener/connection/protocol/wire_text.h"

namespace zomg::connection {
namespace {

using messages::SftpAction;

const std::string kInit = wire_string(std::string(1, 1) + wire_uint32(3));
const std::string kVersion = wire_string(std::string(1, 2) + wire_uint32(3));
const std::string kRemove = wire_string(std::string(1, 13) + wire_uint32(7) + wire_string("x"));
const std::string kDone = wire_string(std::string(1, 101) + wire_uint32(7) + wire_uint32(0) +
                                      wire_string("") + wire_string(""));

class SftpWatchTest : public testing::Test {
 protected:
  SftpWatch watch(bool asked_for, bool terminal) {
    return {asked_for, terminal, [this](const auto& report) { told_.push_back(report.action); }};
  }

  std::vector<SftpAction> told_;
};

TEST_F(SftpWatchTest, FollowsWhatBeginsAsSftp) {
  SftpWatch watch = this->watch(false, false);
  watch.on_request_bytes(kInit + kRemove);
  watch.on_reply_bytes(kVersion + kDone);
  EXPECT_EQ(told_, std::vector{SftpAction::kRemove});
}

TEST_F(SftpWatchTest, FollowsItInAnyPieces) {
  SftpWatch watch = this->watch(false, false);
  for (const char byte : kInit + kRemove) watch.on_request_bytes(std::string_view(&byte, 1));
  for (const char byte : kVersion + kDone) watch.on_reply_bytes(std::string_view(&byte, 1));
  EXPECT_EQ(told_, std::vector{SftpAction::kRemove});
}

TEST_F(SftpWatchTest, SaysNothingOfAnotherProgram) {
  SftpWatch watch = this->watch(false, false);
  for (const char* text : {"GET / HTTP/1.0\r\n\r\n", "x"}) watch.on_request_bytes(text);
  watch.on_request_bytes(kInit + kRemove);
  watch.on_reply_bytes("HTTP/1.0 200 OK\r\n");
  watch.on_reply_bytes(kVersion);
  watch.finish();
  EXPECT_TRUE(told_.empty());
}

TEST_F(SftpWatchTest, SaysSoWhereAServerBoreAnotherBeginning) {
  SftpWatch watch = this->watch(false, false);
  watch.on_request_bytes(kRemove + kInit);
  watch.on_reply_bytes(kVersion);
  EXPECT_EQ(told_, std::vector{SftpAction::kNotFollowed});
}

TEST_F(SftpWatchTest, PassesOverWhatAProgramSaysBeforeItsServerIsAsked) {
  SftpWatch watch = this->watch(false, false);
  watch.on_reply_bytes("welcome\n");
  watch.on_request_bytes(kInit + kRemove);
  watch.on_reply_bytes(kVersion + kDone);
  EXPECT_EQ(told_, std::vector{SftpAction::kRemove});
}

TEST_F(SftpWatchTest, SaysOfWhatWasAskedForThatItIsNone) {
  SftpWatch watch = this->watch(true, false);
  watch.on_request_bytes("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(told_, std::vector{SftpAction::kNotFollowed});
}

TEST_F(SftpWatchTest, FollowsNothingThroughATerminal) {
  for (const std::string& first :
       {kInit, "\x1a\x1b\x1c" + kInit, std::string("\x80\x80\x80\x05\x01")}) {
    told_.clear();
    SftpWatch watch = this->watch(false, true);
    watch.on_request_bytes(first);
    watch.on_request_bytes(kRemove);
    watch.on_reply_bytes(kVersion + kDone);
    watch.finish();
    EXPECT_EQ(told_, std::vector{SftpAction::kNotFollowed});
  }
}

TEST_F(SftpWatchTest, SaysNothingOfWhatIsTyped) {
  SftpWatch watch = this->watch(false, true);
  watch.on_request_bytes("ls\r\x03\x1b[A");
  watch.on_reply_bytes(kVersion);
  watch.finish();
  EXPECT_TRUE(told_.empty());
}

}  // namespace
}  // namespace zomg::connection
