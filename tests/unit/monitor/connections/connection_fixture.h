#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/limits.h"
#include "monitor/connections/connection.h"
#include "monitor/keys/key_exchange.h"
#include "monitor/keys/userauth_request.h"
#include "tests/unit/monitor/keys/key_exchanges.h"
#include "tests/unit/monitor/keys/test_host_key.h"
#include "tests/unit/monitor/keys/test_key.h"

// Plays a connection process, also one that was taken over, against the monitor's side of it.

namespace zomg::monitor {

inline constexpr std::string_view kClient = "192.0.2.1";
inline constexpr const char* kProxy = "198.51.100.1";
inline constexpr std::string_view kAlgorithm = "ssh-ed25519";

inline Settings with_proxy() {
  Settings settings;
  settings.proxy_protocol_from = {kProxy};
  // Every client has the same address, and some of them misbehave.
  settings.penalties.enabled = false;
  return settings;
}

/// The monitor, with one authorized key, serving connections on a thread of its own. It has no
/// resolver running: a session that was granted waits for its lookup.
class Monitor {
 public:
  explicit Monitor(const TestKey& authorized, const std::string& options = "",
                   const std::string& more_lines = "", Settings settings = with_proxy())
      : settings_(std::move(settings)),
        host_key_(make_test_host_key()),
        order_(*common::make_pipe()),
        stop_(*common::make_pipe()) {
    CHECK(keys_.add(options + authorized.line() + "\n" + more_lines, "test").empty());
    loop_.watch(order_.first.get(), [this] { on_order(); });
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
    Peer::Origin origin{
        {from, 5000}, {std::string_view("192.0.2.2"), 2222}, proxied, std::move(verdict.place)};
    auto ends = common::make_packet_socketpair();
    const auto id = connections_.size();
    connections_.push_back(std::make_unique<Connection>(
        id,
        ConnectionServices{loop_, journal_, refused_sessions_, settings_, admission_, host_key_,
                           authenticator_, finder_, launcher_, recorder_},
        ipc::Channel(std::move(ends->first)), std::move(origin), std::string(kKexinitCookie),
        [this, id] { connections_[id].reset(); }));
    return ipc::Channel(std::move(ends->second));
  }
  /// The same while it runs.
  ipc::Channel order_connect() {
    std::optional<ipc::Channel> channel;
    order([&] { channel = connect(); }, [](const Connection&) {});
    return std::move(*channel);
  }
  void run() {
    thread_ = std::thread([this] { loop_.run(); });
  }
  const HostKey& host_key() const { return host_key_; }
  /// Takes every key away and has the connections look.
  void revoke() {
    order([this] { keys_ = {}; },
          [](Connection& connection) { connection.end_if_revoked(std::time(nullptr)); });
  }
  /// Has the connections look what time it is.
  void expire(std::time_t now) {
    order([] {}, [now](Connection& connection) { connection.end_if_expired(now); });
  }
  /// The next event, which must be an `Event`.
  template <typename Event>
  Event next_event() {
    auto event = observer_.receive_message<Event>();
    EXPECT_TRUE(event) << event.error().message;
    return event ? std::move(*event) : Event{};
  }

 private:
  /// Does both on the monitor's thread, and returns then.
  template <typename First, typename Visit>
  void order(First first, Visit visit) {
    std::promise<void> done;
    ordered_ = [&] {
      first();
      for (const auto& connection : connections_) {
        if (connection) visit(*connection);
      }
      done.set_value();
    };
    CHECK(::write(order_.second.get(), "x", 1) == 1);
    done.get_future().wait();
  }
  void on_order() {
    char byte = 0;
    CHECK(::read(order_.first.get(), &byte, 1) == 1);
    ordered_();
  }

  Program no_program_{"none", {}};
  EventLoop loop_;
  Settings settings_;
  Admission admission_{settings_, capacity_of(settings_, {})};
  ipc::Channel to_observer_;
  ipc::Channel observer_;
  Journal journal_{loop_};
  RefusedSessions refused_sessions_{loop_, journal_};
  HostKey host_key_;
  AuthorizedKeys keys_;
  RevokedKeys revoked_{""};
  UserAuthenticator authenticator_{keys_, revoked_, host_key_};
  ResolverClient resolver_{loop_, no_program_, -1, ResolverClient::Claims::kProcess, {}};
  BoxFinder finder_{loop_, &resolver_, nullptr};
  Programs no_programs_;
  SessionLauncher launcher_{loop_, no_programs_, -1, {}};
  SessionRecorder recorder_{loop_, no_programs_.recorder, -1, {}};
  std::vector<std::unique_ptr<Connection>> connections_;
  common::FdPair order_;
  std::function<void()> ordered_;
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
  std::string session_id_ = session_id_of(monitor_);

  /// The hash of the first key exchange.
  static std::string session_id_of(const Monitor& monitor) {
    return *exchange_hash(key_exchange(), monitor.host_key().blob());
  }
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
  /// `mark` makes another than the first.
  std::optional<messages::ExchangeHashSignature> exchange_keys(const ipc::Channel& channel,
                                                               char mark = 'H') {
    return call<messages::ExchangeHashSignature>(channel, key_exchange(mark));
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
  std::optional<messages::SessionOpened> open_session(const ipc::Channel& channel,
                                                      messages::SessionKind kind) {
    std::vector<common::Fd> fds;
    return call<messages::SessionOpened>(channel, messages::OpenSession{kind, {}, false, {}}, &fds);
  }
  bool may_open_session(const ipc::Channel& channel) {
    return open_session(channel, messages::SessionKind::kShell).has_value();
  }
  bool is_ended(const ipc::Channel& channel) {
    const auto packet = channel.receive();
    return packet && packet->closed();
  }
  bool other_lives() { return exchange_keys(other_).has_value(); }
};

}  // namespace zomg::monitor
