#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "common/base/limits.h"
#include "common/ipc/channel.h"
#include "common/messages/connection.h"
#include "monitor/base/message_budget.h"
#include "monitor/boxes/box_access.h"
#include "monitor/boxes/session_record.h"
#include "monitor/connections/connection_services.h"
#include "monitor/connections/peer.h"
#include "monitor/login/login.h"

namespace zomg::monitor {

/// The sessions of a connection that a user logged in on: what they are asked for with, and what is
/// reported of them. The member functions that take a request are the handlers of requests.cc; an Error
/// from one is a breach of contract and ends the connection.
class ConnectionSessions {
 public:
  /// Whose they are; all of it outlives them.
  struct Owner {
    std::uint64_t connection = 0;
    const ipc::Channel& channel;  ///< to the connection process
    const Peer& peer;
    const Login& login;
  };

  /// Begins to look the box up.
  ConnectionSessions(const ConnectionServices& services, const Owner& owner);

  common::Result<void> open(const messages::OpenSession& request);
  common::Result<void> report_sftp(const messages::ReportSftp& request);
  common::Result<void> report_traffic(const messages::ReportTraffic& request);

  /// Ends those that run.
  void terminate() { box_.terminate(); }
  /// Since when there is none; nothing while there is one.
  std::optional<EventLoop::Clock::time_point> unused_since() const;

 private:
  /// How many sftp operations the process of one session may still tell: twice what it keeps to.
  struct SftpBudget : MessageBudget {
    explicit SftpBudget(Clock::time_point now)
        : MessageBudget(2.0 * limits::kSftpReportBurst, 2.0 * limits::kSftpReportsPerSecond, now) {}
  };

  common::Result<void> check(const messages::OpenSession& request) const;
  messages::SessionPlan plan(const messages::OpenSession& request) const;
  /// Whether a session with a terminal is to be recorded.
  bool is_recorded() const;
  /// Puts a recorder before `control` where that has to be. False when it has to be and cannot.
  bool record(ipc::Channel& control, std::uint32_t number, SessionPlaces::Held place);

  ConnectionServices services_;
  Owner owner_;
  std::shared_ptr<RefusedSessions::Teller> refusals_;
  std::uint32_t last_session_ = 0;
  /// When it last asked for something that a user notices.
  EventLoop::Clock::time_point used_ = EventLoop::Clock::now();
  /// The sessions whose bytes were not reported yet, by their numbers.
  std::map<std::uint32_t, std::shared_ptr<SessionRecord>> records_;
  /// Of the sessions whose sftp operations are told.
  std::map<std::uint32_t, SftpBudget> sftp_sessions_;
  /// The first to go: what is left to be told of sessions comes before what is told of their number.
  BoxAccess box_;
};

}  // namespace zomg::monitor
