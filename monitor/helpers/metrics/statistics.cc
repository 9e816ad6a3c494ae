#include "monitor/helpers/metrics/statistics.h"

#include "common/messages/event_names.h"
#include "common/messages/event_visit.h"

namespace zomg::metrics {
namespace {

using common::Result;
using messages::name;
using messages::ObserverMessage;

/// Which of the three kinds of sources the event names (messages::AuthenticationAccepted).
std::string_view source_kind(std::string_view source) {
  if (source.starts_with("GitHub user ")) return "github";
  if (source.starts_with("ZOMG_SSH_AUTHORIZED_KEYS ")) return "setting";
  return "file";
}

std::string_view name(messages::SessionEnding ending) {
  switch (ending) {
    case messages::SessionEnding::kUnknown:
      return "unknown";
    case messages::SessionEnding::kExited:
      return "exited";
    case messages::SessionEnding::kSignaled:
      return "signaled";
    case messages::SessionEnding::kFailed:
      return "failed";
    case messages::SessionEnding::kProcessKilled:
      return "process_killed";
    case messages::SessionEnding::kProcessExited:
      return "process_exited";
  }
  return "unknown";
}

/// The failure that a code stands for; sessiond, whose word it is, may say anything.
common::Failure failure_of(std::uint32_t code) {
  return code <= static_cast<std::uint32_t>(common::Failure::kMaxValue)
             ? static_cast<common::Failure>(code)
             : common::Failure::kGatewayFailed;
}

}  // namespace

Result<void> Statistics::handle(const ipc::Packet& packet, Health::Clock::time_point now) {
  const auto type = ipc::packet_type(packet.bytes);
  if (!type) return type.error();
  if (*type == static_cast<std::uint32_t>(ObserverMessage::kGatewayState)) {
    auto state = ipc::decode<messages::GatewayState>(packet);
    if (!state) return state.error();
    health_.set(*state, now);
    return {};
  }
  if (*type == static_cast<std::uint32_t>(ObserverMessage::kKeySources)) {
    auto sources = ipc::decode<messages::KeySources>(packet);
    if (!sources) return sources.error();
    health_.set(std::move(*sources));
    return {};
  }
  return messages::visit_event(*type, packet, [this](const auto& event) -> Result<void> {
    count(event);
    return {};
  });
}

void Statistics::count(const messages::ConnectionOpened&) {
  connections_.add("");
}

void Statistics::count(const messages::ConnectionRefused& event) {
  connections_refused_.add(labels({{"reason", name(event.reason)}}), 1 + event.untold);
}

void Statistics::count(const messages::ConnectionClosed& event) {
  connection_duration_.observe(labels({{"authenticated", event.authenticated ? "yes" : "no"}}),
                               event.duration_us);
}

void Statistics::count(const messages::AuthenticationAccepted& event) {
  authentications_.add(labels({{"result", "accepted"}, {"source", source_kind(event.key_source)}}));
}

void Statistics::count(const messages::AuthenticationRefused&) {
  authentications_.add(labels({{"result", "refused"}, {"source", "none"}}));
}

void Statistics::count(const messages::LookupEnded& event) {
  const bool found = event.failure == common::Failure::kNone;
  const std::string_view result = found ? "found" : name(event.failure);
  lookups_.add(labels({{"result", result}, {"path", found ? name(event.path) : "none"}}));
  lookup_duration_.observe(labels({{"found", found ? "yes" : "no"}}), event.duration_us);
}

void Statistics::count(const messages::SessionStarted& event) {
  sessions_.add(labels({{"kind", name(event.kind)}, {"path", name(event.path)}}));
  if (event.path == messages::BoxPath::kKubectl) {
    fallbacks_.add(labels({{"reason", name(event.fallback)}}));
  }
}

void Statistics::count(const messages::SessionRefused& event) {
  sessions_failed_.add(labels({{"reason", name(event.failure)}}), 1 + event.untold);
}

void Statistics::count(const messages::SessionEnded& event) {
  sessions_ended_.add(labels({{"ending", name(event.ending)}}));
  if (event.ending == messages::SessionEnding::kFailed) {
    sessions_failed_.add(labels({{"reason", name(failure_of(event.code))}}));
  }
  bytes_.add(labels({{"direction", "from_client"}}), event.bytes_from_client);
  bytes_.add(labels({{"direction", "to_client"}}), event.bytes_to_client);
  session_duration_.observe("", event.duration_us);
}

void Statistics::count(const messages::Reported& event) {
  reports_.add(labels({{"reason", name(event.event)}}));
}

void Statistics::count(const messages::SftpOperation& event) {
  const messages::ReportSftp& report = event.report;
  const std::string_view answer = report.succeeded ? "succeeded" : "failed";
  sftp_operations_.add(labels(
      {{"operation", name(report.action)}, {"result", report.unanswered ? "unanswered" : answer}}));
}

void Statistics::count(const messages::ContractBroken&) {
  contracts_broken_.add("");
}

void Statistics::count(const messages::LoginRevoked&) {
  logins_revoked_.add("");
}

void Statistics::count(const messages::EventsDropped& event) {
  dropped_.add("", event.count);
}

}  // namespace zomg::metrics
