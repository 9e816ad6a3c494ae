#include "monitor/connections/requests.h"

#include <array>
#include <initializer_list>

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

/// Decodes the packet as `M` and hands it to the handler.
template <typename M, Result<void> (Connection::*handler)(const M&)>
Result<void> decode_and(Connection& connection, const ipc::Packet& packet) {
  auto message = ipc::decode<M>(packet);
  if (!message) return message.error();
  return (connection.*handler)(*message);
}

struct Request {
  ConnectionMessage type;
  std::string_view name;
  Phases permitted_in;
  Result<void> (*handle)(Connection&, const ipc::Packet& packet);
};

constexpr Phases kAlways{Phase::kKeyExchange, Phase::kAuthentication, Phase::kSession};
constexpr Phases kBeforeKeyExchange{Phase::kKeyExchange};
constexpr Phases kBeforeLogin{Phase::kAuthentication};
constexpr Phases kAfterLogin{Phase::kSession};

/// All that a connection process can ask of the monitor. What is not here is refused. No request
/// comes with descriptors.
constexpr std::array kRequests{
    Request{ConnectionMessage::kProxyHeader, "ProxyHeader", kBeforeKeyExchange,
            decode_and<messages::ProxyHeader, &Connection::proxy_header>},
    Request{ConnectionMessage::kSignExchange, "SignExchange", kAlways,
            decode_and<messages::SignExchange, &Connection::sign_exchange>},
    Request{ConnectionMessage::kCheckKey, "CheckKey", kBeforeLogin,
            decode_and<messages::CheckKey, &Connection::check_key>},
    Request{ConnectionMessage::kVerifyUser, "VerifyUser", kBeforeLogin,
            decode_and<messages::VerifyUser, &Connection::verify_user>},
    Request{ConnectionMessage::kOpenSession, "OpenSession", kAfterLogin,
            decode_and<messages::OpenSession, &Connection::open_session>},
    Request{ConnectionMessage::kReport, "Report", kAlways,
            decode_and<messages::Report, &Connection::report>},
    Request{ConnectionMessage::kReportTraffic, "ReportTraffic", kAfterLogin,
            decode_and<messages::ReportTraffic, &Connection::report_traffic>},
    Request{ConnectionMessage::kReportSftp, "ReportSftp", kAfterLogin,
            decode_and<messages::ReportSftp, &Connection::report_sftp>},
};

}  // namespace

Result<void> handle_request(Connection& connection, const ipc::Packet& packet) {
  const auto type = ipc::packet_type(packet.bytes);
  if (!type) return type.error();
  for (const Request& request : kRequests) {
    if (static_cast<std::uint32_t>(request.type) != *type) continue;
    if (!request.permitted_in.contains(connection.phase())) {
      return common::error("{} is not permitted in phase {}", request.name,
                           static_cast<unsigned>(connection.phase()));
    }
    auto handled = request.handle(connection, packet);
    if (!handled) return handled.error().with_context(request.name);
    return {};
  }
  return common::error("there is no request {}", *type);
}

}  // namespace zomg::monitor
