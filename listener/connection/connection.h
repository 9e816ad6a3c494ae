#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "listener/connection/protocol/client_alive.h"
#include "listener/connection/protocol/transfer_pacing.h"
#include "listener/connection/requests/authenticator.h"
#include "listener/connection/requests/monitor_link.h"
#include "listener/connection/session/bulk_buffer.h"
#include "listener/connection/session/idle_timer.h"
#include "listener/connection/session/poll_set.h"
#include "listener/connection/session/session.h"
#include "listener/connection/ssh/transport.h"

namespace zomg::connection {

/// One client's connection, from the version string to the end.
class Connection final : private ssh::TransportEvents {
 public:
  Connection(MonitorLink& monitor, const messages::ConnectionRules& rules, std::string banner)
      : monitor_(monitor),
        banner_(std::move(banner)),
        authenticator_(monitor, rules.max_auth_tries),
        login_grace_(rules.login_grace_seconds),
        max_sessions_(rules.max_sessions),
        client_alive_(std::chrono::seconds(rules.client_alive_seconds),
                      rules.client_alive_count_max),
        idle_timeout_(rules.idle_timeout_seconds),
        unused_(idle_timeout_),
        buffer_(kBulkBytes) {}

  /// Serves the client behind `socket` until one of the two sides ends the connection.
  common::Result<void> serve(common::Fd socket, const ssh::KeyExchangeParts& parts);

 private:
  using Clock = std::chrono::steady_clock;

  /// What one read of a program's output takes: larger gained nothing.
  static constexpr std::size_t kBulkBytes = 512 * 1024;

  // TransportEvents
  bool sign_exchange(std::string_view hashed, std::string& signature) override;
  std::string banner(std::string_view login_name) const override;
  AuthAnswer on_auth_request(const AuthRequest& request) override;
  void on_malformed_auth_request() override { authenticator_.count_malformed(); }
  std::size_t window_bytes() const override { return monitor_.window_bytes(); }
  bool has_room_for_session() const override;
  ChannelEvents* on_session_open(Channel& channel) override;
  void on_forwarding_refused() override;

  void admit_sessions();
  void wait();
  int timeout_ms() const;
  bool check_monitor();
  /// Whether nothing is left to serve, nor to come: without the monitor no session starts.
  bool is_useless() const;
  bool check_login();
  bool check_client();
  bool check_use();
  void pace_transfers();
  void step_sessions();
  void remove_closed_sessions();

  MonitorLink& monitor_;
  std::string banner_;
  Authenticator authenticator_;
  std::chrono::seconds login_grace_;
  std::size_t max_sessions_;
  ClientAlive client_alive_;
  std::chrono::seconds idle_timeout_;
  /// Whether the connection has had a session lately.
  IdleTimer unused_;
  std::uint64_t uses_ = 0;
  std::unique_ptr<ssh::Transport> transport_;
  std::vector<std::unique_ptr<Session>> sessions_;
  /// Those that were opened since. Whatever is called in libssh, even a write of one session, may
  /// read packets and so open another: `sessions_` must not change then.
  std::vector<std::unique_ptr<Session>> opened_;
  PollSet poll_set_;
  TransferPacing pacing_;
  Clock::time_point login_deadline_{};
  bool heard_of_ = false;
  BulkBuffer buffer_;
  bool keys_exchanged_ = false;
  bool restless_ = false;
};

}  // namespace zomg::connection
