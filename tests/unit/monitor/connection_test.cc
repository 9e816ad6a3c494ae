// Plays a connection process, also one that was taken over, against the monitor's side of it.

#include "monitor/connection.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <random>
#include <thread>

#include "common/limits.h"
#include "monitor/userauth_request.h"
#include "tests/unit/monitor/test_host_key.h"
#include "tests/unit/monitor/test_key.h"

namespace zomg::monitor {
namespace {

constexpr std::string_view kUser = "demo--box1";
constexpr std::string_view kClient = "192.0.2.1";
constexpr const char* kProxy = "198.51.100.1";
constexpr std::string_view kAlgorithm = "ssh-ed25519";

Settings with_proxy() {
  Settings settings;
  settings.proxy_protocol_from = {kProxy};
  return settings;
}

/// The monitor, with one authorized key, serving connections on a thread of its own. It has no
/// resolver running: a session that was granted waits for its lookup.
class Monitor {
 public:
  explicit Monitor(const TestKey& authorized)
      : host_key_(make_test_host_key()),
        revoke_(*common::make_pipe()),
        stop_(*common::make_pipe()) {
    keys_.add(authorized.line(), "test");
    loop_.watch(revoke_.first.get(), [this] { on_revoke(); });
    auto ends = common::make_packet_socketpair();
    to_observer_ = ipc::Channel(std::move(ends->first));
    observer_ = ipc::Channel(std::move(ends->second));
    const timeval patience{10, 0};
    CHECK(::setsockopt(observer_.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0);
    CHECK(common::set_nonblocking(to_observer_.fd(), true));
    journal_.add_observer(to_observer_);
    loop_.watch(stop_.first.get(), [this] { loop_.stop(); });
  }
  ~Monitor() {
    stop_.second.reset();
    if (thread_.joinable()) thread_.join();
  }

  /// The connection process's end of a new connection.
  ipc::Channel connect(bool proxied = false) {
    const std::string_view from = proxied ? kProxy : kClient;
    auto verdict = admission_.admit(from);
    CHECK(!verdict.refusal);
    Connection::Peer peer{
        {from, 5000}, {std::string_view("192.0.2.2"), 2222}, proxied, std::move(verdict.place)};
    auto ends = common::make_packet_socketpair();
    const auto id = connections_.size();
    connections_.push_back(std::make_unique<Connection>(
        id,
        Connection::Services{loop_, journal_, settings_, admission_, host_key_, authenticator_,
                             finder_, launcher_},
        ipc::Channel(std::move(ends->first)), std::move(peer),
        [this, id] { connections_[id].reset(); }));
    return ipc::Channel(std::move(ends->second));
  }
  void run() {
    thread_ = std::thread([this] { loop_.run(); });
  }
  const HostKey& host_key() const { return host_key_; }
  /// Takes every key away and has the connections look.
  void revoke() { revoke_.second.reset(); }
  /// The next event, which must be an `Event`.
  template <typename Event>
  Event next_event() {
    auto event = observer_.receive_message<Event>();
    EXPECT_TRUE(event) << event.error().message;
    return event ? std::move(*event) : Event{};
  }

 private:
  void on_revoke() {
    loop_.forget(revoke_.first.get());
    keys_ = {};
    for (const auto& connection : connections_) {
      if (connection) connection->end_if_revoked();
    }
  }

  Program no_program_{"none", {}};
  EventLoop loop_;
  Settings settings_ = with_proxy();
  Admission admission_{settings_};
  ipc::Channel to_observer_;
  ipc::Channel observer_;
  Journal journal_{loop_};
  HostKey host_key_;
  AuthorizedKeys keys_;
  RevokedKeys revoked_{""};
  UserAuthenticator authenticator_{keys_, revoked_, host_key_};
  ResolverClient resolver_{loop_, no_program_, -1, ResolverClient::Claims::kProcess, {}};
  BoxFinder finder_{loop_, &resolver_, nullptr};
  Programs no_programs_;
  SessionLauncher launcher_{loop_, no_programs_, -1, {}};
  std::vector<std::unique_ptr<Connection>> connections_;
  common::FdPair revoke_;
  common::FdPair stop_;
  std::thread thread_;
};

class ConnectionTest : public testing::Test {
 protected:
  TestKey key_{"ssh-ed25519"};
  TestKey stranger_{"ssh-ed25519"};
  Monitor monitor_{key_};
  ipc::Channel channel_ = monitor_.connect();
  ipc::Channel other_ = monitor_.connect();
  std::string session_id_ = std::string(32, 'H');

  void SetUp() override { monitor_.run(); }

  /// Sends and gives the reply; nothing when the monitor ended the connection instead.
  template <typename Reply, typename Request>
  std::optional<Reply> call(const ipc::Channel& channel, const Request& request,
                            std::vector<common::Fd>* fds = nullptr) {
    if (!channel.send(request)) return std::nullopt;
    auto reply = channel.receive_message<Reply>(fds);
    if (!reply) return std::nullopt;
    return std::move(*reply);
  }
  std::optional<messages::ExchangeHashSignature> sign_hash(const ipc::Channel& channel,
                                                           const std::string& hash) {
    return call<messages::ExchangeHashSignature>(
        channel, messages::SignExchangeHash{std::string_view(hash)});
  }
  messages::VerifyUser request(const TestKey& key, std::string_view user,
                               const std::string& session_id, bool host_bound = false) {
    const std::string host_key = host_bound ? monitor_.host_key().blob() : "";
    const std::string signature =
        key.sign(kAlgorithm, signed_data({session_id, user, kAlgorithm, key.blob(), host_key}));
    return {user, kAlgorithm, std::string_view(key.blob()), std::string_view(signature),
            host_bound};
  }
  /// Whether VerifyUser is answered with yes; nothing when the connection was ended.
  std::optional<bool> verify(const ipc::Channel& channel, const messages::VerifyUser& message) {
    const auto reply = call<messages::UserVerified>(channel, message);
    if (!reply) return std::nullopt;
    return reply->authenticated;
  }
  bool may_open_session(const ipc::Channel& channel) {
    std::vector<common::Fd> fds;
    return call<messages::SessionOpened>(channel, messages::OpenSession{}, &fds).has_value();
  }
  bool is_ended(const ipc::Channel& channel) {
    const auto packet = channel.receive();
    return packet && packet->closed();
  }
  bool other_lives() { return sign_hash(other_, std::string(32, 'O')).has_value(); }
};

TEST_F(ConnectionTest, AUserWithAnAuthorizedKeyGetsASession) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  EXPECT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  EXPECT_TRUE(may_open_session(channel_));
}

TEST_F(ConnectionTest, AHostBoundSignatureCountsForThisHostKeyOnly) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  auto unbound = request(key_, kUser, session_id_);
  unbound.host_bound = true;
  EXPECT_EQ(verify(channel_, unbound), false);
  EXPECT_EQ(verify(channel_, request(key_, kUser, session_id_, true)), true);
}

TEST_F(ConnectionTest, ALoginIsPublishedStepByStep) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
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

TEST_F(ConnectionTest, BehindAProxyTheClientIsToldFirstAndOnce) {
  Monitor monitor(key_);
  const ipc::Channel channel = monitor.connect(/*proxied=*/true);
  monitor.run();
  const messages::ProxyHeader header{
      true, {std::string_view("203.0.113.1"), 1000}, {std::string_view("203.0.113.2"), 22}};
  const auto taken = call<messages::ProxyHeaderTaken>(channel, header);
  ASSERT_TRUE(taken);
  EXPECT_TRUE(taken->admitted);
  ASSERT_TRUE(sign_hash(channel, session_id_));
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
  EXPECT_FALSE(sign_hash(channel, session_id_));
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

TEST_F(ConnectionTest, AConnectionThatClosesWithoutAWordIsNoEvent) {
  channel_.close();
  ASSERT_TRUE(sign_hash(other_, session_id_));
  EXPECT_EQ(monitor_.next_event<messages::ConnectionOpened>().stamp.number, 1U);
}

TEST_F(ConnectionTest, BytesOfASessionAreReportedOnceAndOfNoOther) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  ASSERT_TRUE(may_open_session(channel_));
  ASSERT_TRUE(channel_.send(messages::ReportTraffic{1, 10, 20}));
  ASSERT_TRUE(may_open_session(channel_));
  ASSERT_TRUE(channel_.send(messages::ReportTraffic{1, 10, 20}));
  EXPECT_TRUE(is_ended(channel_));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, ASessionWithoutALoginEndsTheConnectionOnly) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  EXPECT_FALSE(may_open_session(channel_));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, ALoginWithoutAKeyExchangeEndsTheConnectionOnly) {
  EXPECT_EQ(verify(channel_, request(key_, kUser, "")), std::nullopt);
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, ASignatureForAnotherSessionIsRefused) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  EXPECT_EQ(verify(channel_, request(key_, kUser, std::string(32, 'X'))), false);
  EXPECT_FALSE(may_open_session(channel_));
}

TEST_F(ConnectionTest, ALaterExchangeHashDoesNotChangeTheSessionIdentifier) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  ASSERT_TRUE(sign_hash(channel_, std::string(32, 'R')));
  EXPECT_EQ(verify(channel_, request(key_, kUser, std::string(32, 'R'))), false);
  EXPECT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
}

TEST_F(ConnectionTest, ASignatureForAnotherUserIsRefused) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  auto message = request(key_, kUser, session_id_);
  message.login_name = std::string_view("demo--box2");
  EXPECT_EQ(verify(channel_, message), false);
}

TEST_F(ConnectionTest, AKeyThatIsNotAuthorizedIsRefusedOnlyWhenItHasSigned) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  const auto reply = call<messages::KeyChecked>(
      channel_, messages::CheckKey{kUser, kAlgorithm, std::string_view(stranger_.blob())});
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->acceptable);
  EXPECT_EQ(verify(channel_, request(stranger_, kUser, session_id_)), false);
}

TEST_F(ConnectionTest, AMalformedUserNameIsRefusedAtOnce) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  const auto reply = call<messages::KeyChecked>(
      channel_,
      messages::CheckKey{std::string_view("root"), kAlgorithm, std::string_view(key_.blob())});
  ASSERT_TRUE(reply);
  EXPECT_FALSE(reply->acceptable);
}

TEST_F(ConnectionTest, AnAuthorizedKeyWithAStrangersSignatureIsRefused) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  auto message = request(stranger_, kUser, session_id_);
  message.key = std::string_view(key_.blob());
  EXPECT_EQ(verify(channel_, message), false);
}

TEST_F(ConnectionTest, AKeyThatWasCheckedIsNotALogin) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  const auto reply = call<messages::KeyChecked>(
      channel_, messages::CheckKey{kUser, kAlgorithm, std::string_view(key_.blob())});
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->acceptable);
  EXPECT_FALSE(may_open_session(channel_));
}

TEST_F(ConnectionTest, AnswersTheSameForABoxThatMayNotExist) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  const auto reply = call<messages::KeyChecked>(
      channel_,
      messages::CheckKey{std::string_view("no--such"), kAlgorithm, std::string_view(key_.blob())});
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->acceptable);
}

TEST_F(ConnectionTest, ASecondLoginEndsTheConnection) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  EXPECT_EQ(verify(channel_, request(key_, "other--box", session_id_)), std::nullopt);
}

TEST_F(ConnectionTest, TooManyTriesEndTheConnection) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  for (unsigned i = 0; i < Settings().max_auth_tries; ++i) {
    EXPECT_EQ(verify(channel_, request(stranger_, kUser, session_id_)), false);
  }
  EXPECT_EQ(verify(channel_, request(key_, kUser, session_id_)), std::nullopt);
}

TEST_F(ConnectionTest, SignsHashesOnlyAndNotWithoutEnd) {
  EXPECT_FALSE(sign_hash(channel_, std::string(33, 'x')));
  for (unsigned i = 0; i < limits::kMaxSignaturesBeforeAuthentication; ++i) {
    EXPECT_TRUE(sign_hash(other_, session_id_));
  }
  EXPECT_FALSE(sign_hash(other_, session_id_));
}

TEST_F(ConnectionTest, ARequestWithADescriptorEndsTheConnection) {
  ASSERT_TRUE(channel_.send(messages::SignExchangeHash{std::string_view(session_id_)}, {0}));
  EXPECT_TRUE(is_ended(channel_));
  EXPECT_TRUE(other_lives());
}

TEST_F(ConnectionTest, ANulInACommandEndsTheConnection) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  messages::OpenSession open;
  open.kind = messages::SessionKind::kExec;
  open.command = std::string_view("a\0b", 3);
  std::vector<common::Fd> fds;
  EXPECT_FALSE(call<messages::SessionOpened>(channel_, open, &fds));
}

TEST_F(ConnectionTest, AKeyThatMayLogInNoMoreTakesItsConnectionsAlong) {
  ASSERT_TRUE(sign_hash(channel_, session_id_));
  ASSERT_EQ(verify(channel_, request(key_, kUser, session_id_)), true);
  monitor_.revoke();
  EXPECT_TRUE(channel_.receive_message<messages::EndConnection>());
  EXPECT_TRUE(is_ended(channel_));
  // Nobody logged in there, so there is nothing to end; but nobody logs in any more, either.
  EXPECT_TRUE(sign_hash(other_, session_id_));
  EXPECT_EQ(verify(other_, request(key_, kUser, session_id_)), false);
}

TEST_F(ConnectionTest, RandomPacketsGrantNothingAndHarmNobody) {
  std::mt19937 random(4251);
  for (int round = 0; round < 500; ++round) {
    Monitor monitor(key_);
    const ipc::Channel channel = monitor.connect();
    const ipc::Channel witness = monitor.connect();
    monitor.run();
    std::string packet = *ipc::encode(request(key_, kUser, session_id_));
    // A real message with a few bytes changed, or noise that begins with a type.
    if (round % 2 == 0) {
      for (int i = 0; i < 4; ++i) packet[random() % packet.size()] = static_cast<char>(random());
    } else {
      packet.assign(4 + random() % 300, '\0');
      for (char& byte : packet) byte = static_cast<char>(random());
      packet[0] = static_cast<char>(random() % 12);
      packet[1] = packet[2] = packet[3] = 0;
    }
    if (round % 3 == 0) sign_hash(channel, session_id_);
    (void)::send(channel.fd(), packet.data(), packet.size(), MSG_NOSIGNAL);
    EXPECT_FALSE(may_open_session(channel));
    EXPECT_TRUE(sign_hash(witness, session_id_));
  }
}

}  // namespace
}  // namespace zomg::monitor
