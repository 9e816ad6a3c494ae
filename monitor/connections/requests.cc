#include "monitor/connections/requests.h"

#include <array>
#include <initializer_list>
#include <limits>
#include <optional>
#include <type_traits>

#include "common/base/limits.h"
#include "common/messages/connection.h"

namespace zomg::monitor {
namespace {

using common::Result;
using messages::ConnectionMessage;

/// A set of phases.
class Phases {
 public:
  constexpr Phases(std::initializer_list<Phase> phases) {
    for (const Phase phase : phases) bits_ |= bit(phase);
  }
  constexpr bool contains(Phase phase) const { return (bits_ & bit(phase)) != 0; }

 private:
  static constexpr unsigned bit(Phase phase) { return 1U << static_cast<unsigned>(phase); }
  unsigned bits_ = 0;
};

/// Decodes the packet as `M` and hands it to the handler, which is the connection's or its sessions'.
template <typename M, auto handler>
Result<void> decode_and(Connection& connection, const ipc::Packet& packet) {
  auto message = ipc::decode<M>(packet);
  if (!message) return message.error();
  if constexpr (std::is_invocable_v<decltype(handler), Connection&, const M&>) {
    return (connection.*handler)(*message);
  } else {
    return (connection.sessions().*handler)(*message);
  }
}

struct Request {
  ConnectionMessage type;
  std::string_view name;
  Phases permitted_in;
  std::optional<Phase> leads_to;
  /// In those phases together.
  Times (*times)(const Settings&);
  Result<void> (*handle)(Connection&, const ipc::Packet& packet);
};

template <unsigned at_once, unsigned per_second = 0>
constexpr Times times(const Settings& /*settings*/) {
  return {at_once, per_second};
}
Times max_auth_tries(const Settings& settings) {
  return {static_cast<unsigned>(settings.max_auth_tries)};
}
/// More than a machine starts: whoever asks for as many wants none of them.
constexpr auto kSessions = times<1000, 500>;
/// The handler has a better bound: what there is of sessions (connection_sessions.cc).
constexpr auto any_times = times<std::numeric_limits<unsigned>::max()>;

constexpr Phases kAlways{Phase::kProxyHeader, Phase::kKeyExchange, Phase::kAuthentication,
                         Phase::kSession};

/// All that a connection process can ask of the monitor. What is not here is refused. No request
/// comes with descriptors.
constexpr std::array kRequests{
    Request{ConnectionMessage::kProxyHeader,
            "ProxyHeader",
            {Phase::kProxyHeader},
            Phase::kKeyExchange,
            times<1>,
            decode_and<messages::ProxyHeader, &Connection::proxy_header>},
    Request{ConnectionMessage::kSignExchange,
            "SignExchange",
            {Phase::kKeyExchange},
            Phase::kAuthentication,
            times<1>,
            decode_and<messages::SignExchange, &Connection::sign_first_exchange>},
    Request{ConnectionMessage::kSignExchange,
            "SignExchange",
            {Phase::kAuthentication},
            {},
            times<limits::kMaxSignaturesBeforeAuthentication - 1>,
            decode_and<messages::SignExchange, &Connection::sign_exchange>},
    Request{ConnectionMessage::kSignExchange,
            "SignExchange",
            {Phase::kSession},
            {},
            times<limits::kMaxSignaturesAtOnce, limits::kMaxSignaturesPerSecond>,
            decode_and<messages::SignExchange, &Connection::sign_exchange>},
    Request{ConnectionMessage::kCheckKey,
            "CheckKey",
            {Phase::kAuthentication},
            {},
            times<limits::kMaxKeyQueries>,
            decode_and<messages::CheckKey, &Connection::check_key>},
    Request{ConnectionMessage::kVerifyUser,
            "VerifyUser",
            {Phase::kAuthentication},
            Phase::kSession,
            max_auth_tries,
            decode_and<messages::VerifyUser, &Connection::verify_user>},
    Request{ConnectionMessage::kOpenSession,
            "OpenSession",
            {Phase::kSession},
            {},
            kSessions,
            decode_and<messages::OpenSession, &ConnectionSessions::open>},
    Request{ConnectionMessage::kReport,
            "Report",
            kAlways,
            {},
            times<limits::kMaxReportsPerConnection>,
            decode_and<messages::Report, &Connection::report>},
    Request{ConnectionMessage::kReportTraffic,
            "ReportTraffic",
            {Phase::kSession},
            {},
            any_times,
            decode_and<messages::ReportTraffic, &ConnectionSessions::report_traffic>},
    Request{ConnectionMessage::kReportSftp,
            "ReportSftp",
            {Phase::kSession},
            {},
            any_times,
            decode_and<messages::ReportSftp, &ConnectionSessions::report_sftp>},
};

}  // namespace

Result<void> handle_request(Connection& connection, const ipc::Packet& packet) {
  const auto type = ipc::packet_type(packet.bytes);
  if (!type) return type.error();
  std::string_view name;
  for (std::size_t row = 0; row < kRequests.size(); ++row) {
    const Request& request = kRequests.at(row);
    if (static_cast<std::uint32_t>(request.type) != *type) continue;
    name = request.name;
    if (!request.permitted_in.contains(connection.phase())) continue;
    if (!connection.count_request(row, request.times(connection.settings()), request.leads_to)) {
      return common::error("{}: too many of them in the phase of {}", name,
                           monitor::name(connection.phase()));
    }
    auto handled = request.handle(connection, packet);
    if (!handled) return handled.error().with_context(name);
    return {};
  }
  if (name.empty()) return common::error("there is no request {}", *type);
  return common::error("{} is not permitted in the phase of {}", name,
                       monitor::name(connection.phase()));
}

}  // namespace zomg::monitor
