// What a connection process can ask the monitor for, and what it gets.

#include "monitor/connections/connection.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "tests/unit/monitor/connections/connection_fixture.h"

namespace zomg::monitor {
namespace {

TEST_F(ConnectionTest, AUserWithAnAuthorizedKeyGetsASession) {
  ASSERT_TRUE(exchange_keys(channel_));
  EXPECT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  EXPECT_TRUE(may_open_session(channel_));
}

TEST_F(ConnectionTest, SftpIsWatchedForWhereItMayRun) {
  using messages::SessionKind;
  Settings settings = with_proxy();
  settings.audit_sftp = true;
  for (const bool forced : {false, true}) {
    Monitor monitor(key_, forced ? "command=\"/usr/lib/sftp-server\" " : "", "", settings);
    const auto channel = monitor.connect();
    monitor.run();
    ASSERT_TRUE(exchange_keys(channel));
    ASSERT_EQ(verify(channel, request(key_, kUser, session_id_of(monitor))), true);
    for (const SessionKind kind : {SessionKind::kShell, SessionKind::kExec, SessionKind::kSftp}) {
      const auto opened = open_session(channel, kind);
      ASSERT_TRUE(opened);
      EXPECT_EQ(opened->tell_sftp, forced || kind == SessionKind::kSftp);
    }
  }
}

TEST_F(ConnectionTest, WhoLeavesAnAnswerUnreadGetsNoOtherSession) {
  ASSERT_TRUE(exchange_keys(channel_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  constexpr int kRequests = 8;
  for (int i = 0; i < kRequests; ++i) {
    if (!channel_.send(messages::OpenSession{})) break;
  }
  pollfd end{channel_.fd(), POLLRDHUP, 0};
  ASSERT_EQ(::poll(&end, 1, 10'000), 1);
  std::vector<common::Fd> fds;
  auto first = channel_.receive_message<messages::SessionOpened>(&fds);
  // Where the monitor left requests unread, the first receive tells that.
  if (!first) first = channel_.receive_message<messages::SessionOpened>(&fds);
  EXPECT_TRUE(first);
  EXPECT_TRUE(is_ended(channel_));
}

TEST_F(ConnectionTest, AHostBoundSignatureCountsForThisHostKeyOnly) {
  ASSERT_TRUE(exchange_keys(channel_));
  auto unbound = request(key_, kUser, session_id_);
  unbound.host_bound = true;
  EXPECT_EQ(verify(channel_, unbound), false);
  EXPECT_EQ(verify(channel_, request(key_, kUser, session_id_, true)), true);
}

TEST_F(ConnectionTest, ALoginIsPublishedStepByStep) {
  ASSERT_TRUE(exchange_keys(channel_));
  const auto opened = monitor_.next_event<messages::ConnectionOpened>();
  EXPECT_EQ(verify(channel_, request(stranger_, kUser, session_id_)), false);
  const auto refused = monitor_.next_event<messages::AuthenticationRefused>();
  EXPECT_EQ(refused.stamp.connection, opened.stamp.connection);
  EXPECT_EQ(refused.login_name.value, kUser);
  EXPECT_EQ(refused.reason.value, "the key is not authorized");
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  const auto accepted = monitor_.next_event<messages::AuthenticationAccepted>();
  EXPECT_EQ(accepted.login_name.value, kUser);
  EXPECT_TRUE(accepted.fingerprint.value.starts_with("SHA256:"));
  EXPECT_NE(accepted.fingerprint, refused.fingerprint);
  EXPECT_EQ(accepted.key_source.value, "test line 1");
  EXPECT_EQ(accepted.certificate.ca_fingerprint.value, "");
  channel_.close();
  const auto closed = monitor_.next_event<messages::ConnectionClosed>();
  EXPECT_TRUE(closed.authenticated);
  EXPECT_EQ(closed.stamp.number, opened.stamp.number + 3);
}

TEST_F(ConnectionTest, ASignatureForAnotherSessionIsRefused) {
  ASSERT_TRUE(exchange_keys(channel_));
  EXPECT_EQ(verify(channel_, request(key_, kUser, std::string(32, 'X'))), false);
  EXPECT_FALSE(may_open_session(channel_));
}

TEST_F(ConnectionTest, ALaterExchangeHashDoesNotChangeTheSessionIdentifier) {
  ASSERT_TRUE(exchange_keys(channel_));
  ASSERT_TRUE(exchange_keys(channel_, 'R'));
  const auto later = exchange_hash(key_exchange('R'), monitor_.host_key().blob());
  EXPECT_EQ(verify(channel_, request(key_, kUser, *later)), false);
  EXPECT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
}

TEST_F(ConnectionTest, ASignatureForAnotherUserIsRefused) {
  ASSERT_TRUE(exchange_keys(channel_));
  auto message = request(key_, kUser, session_id_);
  message.login_name = std::string_view("demo--box2");
  EXPECT_EQ(verify(channel_, message), false);
}

TEST_F(ConnectionTest, AKeyThatIsNotAuthorizedIsRefusedOnlyWhenItHasSigned) {
  ASSERT_TRUE(exchange_keys(channel_));
  const auto reply = call<messages::KeyChecked>(
      channel_, messages::CheckKey{kUser, kAlgorithm, std::string_view(stranger_.blob())});
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->acceptable);
  EXPECT_EQ(verify(channel_, request(stranger_, kUser, session_id_)), false);
}

TEST_F(ConnectionTest, AMalformedUserNameIsRefusedAtOnce) {
  ASSERT_TRUE(exchange_keys(channel_));
  const auto reply = call<messages::KeyChecked>(
      channel_,
      messages::CheckKey{std::string_view("root"), kAlgorithm, std::string_view(key_.blob())});
  ASSERT_TRUE(reply);
  EXPECT_FALSE(reply->acceptable);
}

TEST_F(ConnectionTest, AnAuthorizedKeyWithAStrangersSignatureIsRefused) {
  ASSERT_TRUE(exchange_keys(channel_));
  auto message = request(stranger_, kUser, session_id_);
  message.key = std::string_view(key_.blob());
  EXPECT_EQ(verify(channel_, message), false);
}

TEST_F(ConnectionTest, AKeyThatWasCheckedIsNotALogin) {
  ASSERT_TRUE(exchange_keys(channel_));
  const auto reply = call<messages::KeyChecked>(
      channel_, messages::CheckKey{kUser, kAlgorithm, std::string_view(key_.blob())});
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->acceptable);
  EXPECT_FALSE(may_open_session(channel_));
}

TEST_F(ConnectionTest, AnswersTheSameForABoxThatMayNotExist) {
  ASSERT_TRUE(exchange_keys(channel_));
  const auto reply = call<messages::KeyChecked>(
      channel_,
      messages::CheckKey{std::string_view("no--such"), kAlgorithm, std::string_view(key_.blob())});
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->acceptable);
}

TEST_F(ConnectionTest, BehindAProxyTheClientIsToldFirstAndOnce) {
  Monitor monitor(key_);
  const ipc::Channel channel = monitor.connect(/*proxied=*/true);
  monitor.run();
  const messages::ProxyHeader header{
      true, {std::string_view("203.0.113.1"), 1000}, {std::string_view("203.0.113.2"), 22}};
  const auto taken = call<messages::ProxyHeaderTaken>(channel, header);
  ASSERT_TRUE(taken);
  EXPECT_TRUE(taken->admitted);
  ASSERT_TRUE(exchange_keys(channel));
  EXPECT_EQ(monitor.next_event<messages::ConnectionOpened>().client, header.client);
  EXPECT_FALSE(call<messages::ProxyHeaderTaken>(channel, header));
}

TEST_F(ConnectionTest, NobodyElseTellsWhoTheClientIs) {
  EXPECT_FALSE(call<messages::ProxyHeaderTaken>(channel_, messages::ProxyHeader{}));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, BehindAProxyNothingComesBeforeTheHeader) {
  Monitor monitor(key_);
  const ipc::Channel channel = monitor.connect(/*proxied=*/true);
  monitor.run();
  EXPECT_FALSE(exchange_keys(channel));
}

TEST_F(ConnectionTest, AClientThatIsRefusedBehindAProxyGetsNoFurther) {
  Settings settings = with_proxy();
  settings.per_source_max_startups = 1;
  Monitor monitor(key_, "", "", settings);
  const ipc::Channel first = monitor.connect(/*proxied=*/true);
  const ipc::Channel second = monitor.connect(/*proxied=*/true);
  monitor.run();
  const messages::ProxyHeader header{
      true, {std::string_view("203.0.113.1"), 1000}, {std::string_view("203.0.113.2"), 22}};
  ASSERT_TRUE(call<messages::ProxyHeaderTaken>(first, header)->admitted);
  ASSERT_FALSE(call<messages::ProxyHeaderTaken>(second, header)->admitted);
  EXPECT_FALSE(exchange_keys(second));
  EXPECT_TRUE(exchange_keys(first));
}

TEST_F(ConnectionTest, AClientThatIsNoAddressIsRefused) {
  for (const char* text : {"", "example.org", "10.0.0.0/8", "fe80::1%eth0", "1.2.3.4\n"}) {
    Monitor monitor(key_);
    const ipc::Channel channel = monitor.connect(/*proxied=*/true);
    monitor.run();
    EXPECT_FALSE(call<messages::ProxyHeaderTaken>(
        channel,
        messages::ProxyHeader{
            true, {std::string_view(text), 1}, {std::string_view("203.0.113.2"), 22}}))
        << text;
  }
}

}  // namespace
}  // namespace zomg::monitor
