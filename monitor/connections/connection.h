#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <optional>
#include <string>

#include "common/ipc/channel.h"
#include "common/messages/connection.h"
#include "common/messages/listener.h"
#include "monitor/connections/connection_services.h"
#include "monitor/connections/connection_sessions.h"
#include "monitor/connections/peer.h"
#include "monitor/connections/phase.h"
#include "monitor/connections/quotas.h"
#include "monitor/connections/request_counts.h"
#include "monitor/login/login.h"

namespace zomg::monitor {

/// The monitor's side of one connection process, which it does not trust: its phase, its session
/// identifier, who logged in. Peer is the client, ConnectionSessions what the client uses. The member
/// functions named like a request are the handlers of requests.cc; an Error from one is a breach of
/// contract and ends the connection.
class Connection {
 public:
  /// `kexinit_cookie` is what the connection process was given (messages::Welcome).
  Connection(std::uint64_t id, const ConnectionServices& services, ipc::Channel channel,
             Peer::Origin origin, std::string kexinit_cookie, std::function<void()> on_close);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Phase phase() const { return phase_; }
  const Settings& settings() const { return services_.settings; }
  /// For the table of requests: whether the one of row `row` may be made once more. It may lead to `next`
  /// and to no other phase.
  bool count_request(std::size_t row, Times times, std::optional<Phase> next);
  /// Whom the connection is held against: the client that the PROXY header named, where one did.
  const std::string& client_address() const { return peer_.client().address.value; }
  /// Since when nobody has logged in on it, or it has had no session; nothing while it is used.
  std::optional<EventLoop::Clock::time_point> unused_since() const;
  /// Ends it, and tells the client `why`. Destroys this object.
  void end(common::Failure why);

  /// Ends the connection, and its sessions, when the key that logged in would not be let in at
  /// `now`. May destroy this object.
  void end_if_revoked(std::time_t now);
  /// The same, looking only at until when what it logged in with was good.
  void end_if_expired(std::time_t now);

  common::Result<void> proxy_header(const messages::ProxyHeader& request);
  common::Result<void> sign_first_exchange(const messages::SignExchange& request);
  common::Result<void> sign_exchange(const messages::SignExchange& request);
  common::Result<void> check_key(const messages::CheckKey& request);
  common::Result<void> verify_user(const messages::VerifyUser& request);
  common::Result<void> report(const messages::Report& request);
  /// The handlers of the requests that are made in the phase of a session.
  ConnectionSessions& sessions() {
    CHECK(sessions_.has_value());
    return *sessions_;
  }

 private:
  void on_readable();
  void close();
  common::Result<void> refuse_for_quota(const messages::VerifyUser& request, common::Failure why);
  /// Goes on to the phase that the request which is being handled may lead to.
  void advance();
  common::Result<void> sign(std::string_view hash);
  /// Says no to the VerifyUser that was read at `begin`, so long after it that nothing shows what
  /// was done in between, and hears nothing until then.
  void deny(EventLoop::Clock::time_point begin);
  /// Logs and publishes why a key did not log in; the log says what `advice` has for a remedy.
  void refuse(std::string_view login_name, std::string_view algorithm, std::string_view key,
              std::string_view reason, common::Failure advice = common::Failure::kKeyRefused);
  void publish_login(std::string_view login_name) const;

  std::uint64_t id_;
  ConnectionServices services_;
  ipc::Channel channel_;
  Peer peer_;
  std::string kexinit_cookie_;
  std::function<void()> on_close_;

  Phase phase_;
  std::optional<Phase> next_phase_;
  RequestCounts counts_;
  std::string session_id_;
  std::string client_version_;
  EventLoop::TimerId grace_timer_ = 0;
  EventLoop::TimerId denial_timer_ = 0;
  std::optional<Login> login_;
  std::optional<messages::CheckKey> offer_;  ///< what logged in, as the client named it
  std::optional<std::time_t> expires_;       ///< the last second in which that is good
  EventLoop::Clock::time_point opened_ = EventLoop::Clock::now();
  Quotas::Place quota_;
  /// From the login on.
  std::optional<ConnectionSessions> sessions_;
};

}  // namespace zomg::monitor
