#include "listener/connection/session/sftp_flow.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/limits.h"
#include "tests/unit/listener/connection/protocol/wire_text.h"

namespace zomg::connection {
namespace {

constexpr std::size_t kMost = SftpFlow::kMostBytes;

/// A request or an answer that takes `size` bytes with its length.
std::string packet_of(std::size_t size) {
  return wire_string(std::string(size - 4, 'x'));
}

TEST(SftpFlow, HoldsBackWhatIsNotAnswered) {
  SftpFlow flow;
  EXPECT_EQ(flow.room(), kMost);
  flow.on_request_bytes(packet_of(kMost - 5000));
  EXPECT_EQ(flow.room(), 5000U);
  flow.on_request_bytes(packet_of(5000));
  EXPECT_EQ(flow.room(), 0U);
}

TEST(SftpFlow, EachAnswerMakesRoomForTheOldestRequest) {
  SftpFlow flow;
  flow.on_request_bytes(packet_of(kMost - 5000) + packet_of(5000));
  flow.on_reply_bytes(packet_of(28));
  EXPECT_EQ(flow.room(), kMost - 5000);
  flow.on_reply_bytes(packet_of(28));
  EXPECT_EQ(flow.room(), kMost);
}

TEST(SftpFlow, ARequestThatHasBegunMayEnd) {
  SftpFlow flow;
  const std::string large = packet_of(2 * kMost);
  flow.on_request_bytes(std::string_view(large).substr(0, 2));
  EXPECT_EQ(flow.room(), kMost - 2);
  flow.on_request_bytes(std::string_view(large).substr(2, kMost));
  EXPECT_EQ(flow.room(), kMost - 2);
  flow.on_request_bytes(std::string_view(large).substr(2 + kMost));
  EXPECT_EQ(flow.room(), 0U);
  // Nor is one stopped in its length.
  SftpFlow full;
  full.on_request_bytes(packet_of(kMost - 2) + large.substr(0, 2));
  EXPECT_EQ(full.room(), 2U);
}

/// Where the client takes no answers, nothing holds its requests back.
TEST(SftpFlow, KeepsNoListWithoutEnd) {
  SftpFlow flow;
  const std::string empty(kMost, '\0');
  flow.on_request_bytes(empty);
  EXPECT_EQ(flow.room(), 0U);
  EXPECT_EQ(flow.unanswered(), kMost / 4);
  flow.on_request_bytes(empty);
  EXPECT_EQ(flow.unanswered(), 0U);
  EXPECT_EQ(flow.room(), SftpFlow::kUnlimited);
}

TEST(SftpFlow, ItDoesNotMatterHowThePacketsAreDivided) {
  SftpFlow flow;
  const std::string requests = packet_of(100) + packet_of(50) + packet_of(5);
  for (const char byte : requests) flow.on_request_bytes({&byte, 1});
  EXPECT_EQ(flow.room(), kMost - 155);
  const std::string replies = packet_of(28) + packet_of(30000) + packet_of(5);
  for (const char byte : replies) flow.on_reply_bytes({&byte, 1});
  EXPECT_EQ(flow.room(), kMost);
}

TEST(SftpFlow, AnAnswerToNothingCountsForNothing) {
  SftpFlow flow;
  flow.on_reply_bytes(packet_of(28));
  flow.on_request_bytes(packet_of(100));
  EXPECT_EQ(flow.room(), kMost - 100);
}

TEST(SftpFlow, WhatIsNoSftpIsNotHeldBack) {
  SftpFlow flow;
  flow.on_request_bytes("GET / HTTP/1.1\r\n");
  EXPECT_EQ(flow.room(), SftpFlow::kUnlimited);
  flow.on_request_bytes(std::string(2 * kMost, 'x'));
  flow.on_reply_bytes(std::string(2 * kMost, 'x'));
  EXPECT_EQ(flow.room(), SftpFlow::kUnlimited);
}

}  // namespace
}  // namespace zomg::connection
