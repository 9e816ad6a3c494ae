#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/ipc/channel.h"
#include "common/messages/connection.h"
#include "common/messages/listener.h"
#include "monitor/base/event_loop.h"
#include "monitor/boxes/box_access.h"
#include "monitor/boxes/session_record.h"
#include "monitor/boxes/session_recorder.h"
#include "monitor/connections/admission.h"
#include "monitor/connections/phase.h"
#include "monitor/connections/request_counts.h"
#include "monitor/connections/sftp_budget.h"
#include "monitor/events/journal.h"
#include "monitor/events/refused_sessions.h"
#include "monitor/keys/host_key.h"
#include "monitor/login/user_authenticator.h"

namespace zomg::monitor {

/// The monitor's side of one connection process, which it does not trust: its phase, its session
/// identifier, who logged in. The member functions named like a request are the handlers of
/// requests.cc; an Error from one is a breach of contract and ends the connection.
class Connection {
 public:
  /// What all connections share.
  struct Services {
    EventLoop& loop;
    Journal& journal;
    RefusedSessions& refused_sessions;
    const Settings& settings;
    Admission& admission;
    const HostKey& host_key;
    const UserAuthenticator& authenticator;
    BoxFinder& finder;
    SessionLauncher& launcher;
    SessionRecorder& recorder;
  };

  /// Whose connection it is.
  struct Peer {
    messages::Endpoint client;
    messages::Endpoint server;
    /// `client` is a proxy that tells who the client is.
    bool proxied = false;
    /// Among the connections that have not authenticated yet.
    Startups::Place place;
  };

  /// `kexinit_cookie` is what the connection process was given (messages::Welcome).
  Connection(std::uint64_t id, const Services& services, ipc::Channel channel, Peer peer,
             std::string kexinit_cookie, std::function<void()> on_close);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Phase phase() const { return phase_; }
  const Settings& settings() const { return services_.settings; }
  /// For the table of requests: whether the one of row `row` may be made once more. It may lead to `next`
  /// and to no other phase.
  bool count_request(std::size_t row, Times times, std::optional<Phase> next);
  /// Whom the connection is held against: the client that the PROXY header named, where one did.
  const std::string& client_address() const { return peer_.client.address.value; }
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
  common::Result<void> open_session(const messages::OpenSession& request);
  common::Result<void> report(const messages::Report& request);
  common::Result<void> report_sftp(const messages::ReportSftp& request);
  common::Result<void> report_traffic(const messages::ReportTraffic& request);

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
  void name_for_the_log();
  /// What the client is guilty of, now that its connection ends.
  std::optional<Offence> offence() const;
  /// Publishes that the client spoke, the first time.
  void announce();
  /// Logs and publishes why a key did not log in; the log says what `advice` has for a remedy.
  void refuse(std::string_view login_name, std::string_view algorithm, std::string_view key,
              std::string_view reason, common::Failure advice = common::Failure::kKeyRefused);
  /// Whether a session with a terminal is to be recorded.
  bool is_recorded() const;
  /// Puts a recorder before `control` where that has to be. False when it has to be and cannot.
  bool record_session(ipc::Channel& control, std::uint32_t number, SessionPlaces::Held place);
  void publish_login(std::string_view login_name) const;

  std::uint64_t id_;
  Services services_;
  ipc::Channel channel_;
  Peer peer_;
  std::string kexinit_cookie_;
  std::function<void()> on_close_;
  std::string log_prefix_;

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
  bool announced_ = false;
  bool probed_ = false;
  bool login_failed_ = false;
  bool grace_exceeded_ = false;
  Quotas::Place quota_;
  std::shared_ptr<RefusedSessions::Teller> refusals_;
  /// When it last asked for something that a user notices.
  EventLoop::Clock::time_point used_ = opened_;
  std::optional<BoxAccess> box_;
  std::uint32_t last_session_ = 0;
  /// The sessions whose bytes were not reported yet, by their numbers.
  std::map<std::uint32_t, std::shared_ptr<SessionRecord>> records_;
  /// Of the sessions whose sftp operations are told.
  std::map<std::uint32_t, SftpBudget> sftp_sessions_;
};

}  // namespace zomg::monitor
