// What ends a connection, and that the others live.

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "tests/unit/monitor/connections/connection_fixture.h"

namespace zomg::monitor {
namespace {

TEST_F(ConnectionTest, AConnectionThatClosesWithoutAWordIsNoEvent) {
  channel_.close();
  ASSERT_TRUE(exchange_keys(other_));
  EXPECT_EQ(monitor_.next_event<messages::ConnectionOpened>().stamp.number, 1U);
}

TEST_F(ConnectionTest, BytesOfASessionAreReportedOnceAndOfNoOther) {
  ASSERT_TRUE(exchange_keys(channel_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  ASSERT_TRUE(may_open_session(channel_));
  ASSERT_TRUE(channel_.send(messages::ReportTraffic{1, 10, 20}));
  ASSERT_TRUE(may_open_session(channel_));
  ASSERT_TRUE(channel_.send(messages::ReportTraffic{1, 10, 20}));
  EXPECT_TRUE(is_ended(channel_));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, AnSftpOperationThatNobodyAskedForEndsTheConnectionOnly) {
  ASSERT_TRUE(exchange_keys(channel_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  ASSERT_TRUE(may_open_session(channel_));
  ASSERT_TRUE(channel_.send(messages::ReportSftp{1}));
  EXPECT_TRUE(is_ended(channel_));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, ASessionWithoutALoginEndsTheConnectionOnly) {
  ASSERT_TRUE(exchange_keys(channel_));
  EXPECT_FALSE(may_open_session(channel_));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, ALoginWithoutAKeyExchangeEndsTheConnectionOnly) {
  EXPECT_EQ(verify(channel_, request(key_, kUser, "")), std::nullopt);
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, ASecondLoginEndsTheConnection) {
  ASSERT_TRUE(exchange_keys(channel_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  EXPECT_EQ(verify(channel_, request(key_, "other--box", session_id_)), std::nullopt);
}

TEST_F(ConnectionTest, TooManyTriesEndTheConnection) {
  ASSERT_TRUE(exchange_keys(channel_));
  for (unsigned i = 0; i < Settings().max_auth_tries; ++i) {
    EXPECT_EQ(verify(channel_, request(stranger_, kUser, session_id_)), false);
  }
  EXPECT_EQ(verify(channel_, request(key_, kUser, session_id_)), std::nullopt);
}

TEST_F(ConnectionTest, SignsExchangesOnly) {
  auto exchange = key_exchange();
  exchange.secret = std::string_view("a secret of thirty-four characters");
  EXPECT_FALSE(call<messages::ExchangeHashSignature>(channel_, exchange));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, SignsNoFirstExchangeWithACookieOfAnother) {
  EXPECT_FALSE(exchange_keys(channel_, 'R'));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, SignsExchangesOfOneClientOnly) {
  ASSERT_TRUE(exchange_keys(channel_));
  auto exchange = key_exchange();
  exchange.client_version = std::string_view("SSH-2.0-another");
  EXPECT_FALSE(call<messages::ExchangeHashSignature>(channel_, exchange));
}

TEST_F(ConnectionTest, SignsNotWithoutEnd) {
  for (unsigned i = 0; i < limits::kMaxSignaturesBeforeAuthentication; ++i) {
    EXPECT_TRUE(exchange_keys(other_));
  }
  EXPECT_FALSE(exchange_keys(other_));
}

TEST_F(ConnectionTest, ARequestWithADescriptorEndsTheConnection) {
  ASSERT_TRUE(channel_.send_packet(*ipc::encode(key_exchange()), {0}));
  EXPECT_TRUE(is_ended(channel_));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, ANulInACommandEndsTheConnection) {
  ASSERT_TRUE(exchange_keys(channel_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  messages::OpenSession open;
  open.kind = messages::SessionKind::kExec;
  open.command = std::string_view("a\0b", 3);
  std::vector<common::Fd> fds;
  EXPECT_FALSE(call<messages::SessionOpened>(channel_, open, &fds));
}

TEST_F(ConnectionTest, AKeyThatMayLogInNoMoreTakesItsConnectionsAlong) {
  ASSERT_TRUE(exchange_keys(channel_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  monitor_.revoke();
  EXPECT_TRUE(channel_.receive_message<messages::EndConnection>());
  EXPECT_TRUE(is_ended(channel_));
  // Nobody logged in there, so there is nothing to end; but nobody logs in any more, either.
  EXPECT_TRUE(exchange_keys(other_));
  EXPECT_EQ(verify(other_, request(key_, kUser, session_id_)), false);
}

TEST_F(ConnectionTest, ALoginThatWasRevokedIsPublished) {
  ASSERT_TRUE(exchange_keys(channel_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  monitor_.next_event<messages::ConnectionOpened>();
  const auto login = monitor_.next_event<messages::AuthenticationAccepted>();
  monitor_.revoke();
  const auto revoked = monitor_.next_event<messages::LoginRevoked>();
  EXPECT_EQ(revoked.stamp.connection, login.stamp.connection);
  EXPECT_EQ(revoked.login_name.value, kUser);
  EXPECT_EQ(revoked.fingerprint, login.fingerprint);
  EXPECT_EQ(revoked.reason.value, "the key is not authorized");
  EXPECT_TRUE(monitor_.next_event<messages::ConnectionClosed>().authenticated);
}

TEST_F(ConnectionTest, AKeyThatExpiresTakesItsConnectionsAlong) {
  const std::time_t until = std::time(nullptr) + 3600;
  std::tm utc{};
  ::gmtime_r(&until, &utc);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%Y%m%d%H%M%S", &utc);
  Monitor monitor(key_, fmt::format("expiry-time=\"{}Z\" ", text.data()));
  const ipc::Channel channel = monitor.connect();
  const ipc::Channel nobody = monitor.connect();
  monitor.run();
  ASSERT_TRUE(exchange_keys(channel));
  ASSERT_TRUE(exchange_keys(nobody));
  ASSERT_EQ(verify(channel, request(key_, kUser, session_id_of(monitor))), true);
  monitor.expire(until);
  EXPECT_TRUE(exchange_keys(channel)) << "in its last second";
  monitor.expire(until + 1);
  EXPECT_TRUE(channel.receive_message<messages::EndConnection>());
  EXPECT_TRUE(is_ended(channel));
  EXPECT_TRUE(exchange_keys(nobody));
}

TEST_F(ConnectionTest, ABreachOfContractIsPublished) {
  ASSERT_TRUE(exchange_keys(channel_));
  EXPECT_FALSE(may_open_session(channel_));
  const auto opened = monitor_.next_event<messages::ConnectionOpened>();
  const auto broken = monitor_.next_event<messages::ContractBroken>();
  EXPECT_EQ(broken.stamp.connection, opened.stamp.connection);
  EXPECT_EQ(broken.violation.value, "OpenSession is not permitted in the phase of authentication");
  EXPECT_FALSE(monitor_.next_event<messages::ConnectionClosed>().authenticated);
}

TEST_F(ConnectionTest, ABreachBeforeAnythingElseIsPublishedToo) {
  ASSERT_TRUE(channel_.send(messages::Welcome{}));
  monitor_.next_event<messages::ConnectionOpened>();
  EXPECT_EQ(monitor_.next_event<messages::ContractBroken>().violation.value,
            "there is no request 0");
  monitor_.next_event<messages::ConnectionClosed>();
}

TEST_F(ConnectionTest, AProcessThatDiesBeforeItHasItsAnswerBreaksNoContract) {
  Monitor monitor(key_);
  ASSERT_TRUE(monitor.connect().send(key_exchange()));
  monitor.run();
  monitor.next_event<messages::ConnectionOpened>();
  monitor.next_event<messages::ConnectionClosed>();
}

TEST_F(ConnectionTest, RandomPacketsGrantNothingAndHarmNobody) {
  std::mt19937 random(4251);
  for (int round = 0; round < 500; ++round) {
    Monitor monitor(key_);
    const ipc::Channel channel = monitor.connect();
    const ipc::Channel witness = monitor.connect();
    monitor.run();
    std::string packet = *ipc::encode(request(key_, kUser, session_id_of(monitor)));
    // A real message with a few bytes changed, or noise that begins with a type.
    if (round % 2 == 0) {
      for (int i = 0; i < 4; ++i) packet[random() % packet.size()] = static_cast<char>(random());
    } else {
      packet.assign(4 + random() % 300, '\0');
      for (char& byte : packet) byte = static_cast<char>(random());
      packet[0] = static_cast<char>(random() % 12);
      packet[1] = packet[2] = packet[3] = 0;
    }
    if (round % 3 == 0) exchange_keys(channel);
    (void)::send(channel.fd(), packet.data(), packet.size(), MSG_NOSIGNAL);
    EXPECT_FALSE(may_open_session(channel));
    EXPECT_TRUE(exchange_keys(witness));
  }
}

}  // namespace
}  // namespace zomg::monitor
