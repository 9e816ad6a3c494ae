#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/ipc/channel.h"
#include "monitor/helpers/metrics/exposition.h"
#include "monitor/helpers/metrics/health.h"
#include "monitor/helpers/metrics/instruments.h"

namespace zomg::metrics {

/// Counts what the monitor tells. Every label is a word of a fixed table or a name that the
/// operator set, so no client can make a metric grow.
class Statistics {
 public:
  explicit Statistics(std::string_view version) : version_(version) {}

  /// Counts one packet: an event, or what the gateway is like now. An Error when the monitor breaks
  /// the contract.
  common::Result<void> handle(const ipc::Packet& packet, Health::Clock::time_point now);

  void count(const messages::ConnectionOpened& event);
  void count(const messages::ConnectionRefused& event);
  void count(const messages::ConnectionClosed& event);
  void count(const messages::AuthenticationAccepted& event);
  void count(const messages::AuthenticationRefused& event);
  void count(const messages::LookupEnded& event);
  void count(const messages::SessionStarted& event);
  void count(const messages::SessionRefused& event);
  void count(const messages::SessionEnded& event);
  void count(const messages::Reported& event);
  void count(const messages::SftpOperation& event);
  void count(const messages::ContractBroken& event);
  void count(const messages::LoginRevoked& event);
  void count(const messages::EventsDropped& event);

  const Health& health() const { return health_; }

  /// All metrics. `now_us` is the time in microseconds since 1970, for ages.
  std::string text(Format format, Health::Clock::time_point now, std::uint64_t now_us) const;

 private:
  void write_counted(Exposition& out) const;
  void write_state(Exposition& out, const messages::GatewayState& state) const;
  void write_limits(Exposition& out, const messages::LimitsInForce& limits) const;
  void write_keys(Exposition& out, std::uint64_t now_us) const;

  std::string version_;
  Health health_;
  Counters connections_;
  Counters connections_refused_;
  Counters authentications_;
  Counters lookups_;
  Counters sessions_;
  Counters sessions_ended_;
  Counters sessions_failed_;
  Counters fallbacks_;
  Counters reports_;
  Counters sftp_operations_;
  Counters bytes_;
  Counters contracts_broken_;
  Counters logins_revoked_;
  Counters dropped_;
  Histograms lookup_duration_{kLookupBounds};
  Histograms session_duration_{kSessionBounds};
  Histograms connection_duration_{kSessionBounds};
};

}  // namespace zomg::metrics
