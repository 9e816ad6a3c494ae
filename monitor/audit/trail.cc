#include "monitor/audit/trail.h"

#include <array>

#include "monitor/audit/record.h"

namespace zomg::audit {
namespace {

using common::Result;
using messages::ObserverMessage;

template <typename Event>
Result<std::string> decode_and_record(std::string_view packet) {
  auto event = ipc::decode<Event>(packet);
  if (!event) return event.error();
  return record(*event);
}

struct Row {
  ObserverMessage type;
  Result<std::string> (*record)(std::string_view packet);
};

template <typename Event>
constexpr Row row() {
  return {Event::kType, decode_and_record<Event>};
}

constexpr std::array kRows{
    row<messages::ConnectionOpened>(),      row<messages::ConnectionRefused>(),
    row<messages::ConnectionClosed>(),      row<messages::AuthenticationAccepted>(),
    row<messages::AuthenticationRefused>(), row<messages::LookupEnded>(),
    row<messages::SessionStarted>(),        row<messages::SessionRefused>(),
    row<messages::SessionEnded>(),          row<messages::Reported>(),
    row<messages::ContractBroken>(),        row<messages::LoginRevoked>(),
    row<messages::EventsDropped>(),
};

}  // namespace

Result<void> Trail::change_output(ipc::Packet packet) {
  auto message = ipc::decode<messages::AuditOutput>(packet.bytes);
  if (!message) return message.error();
  if (packet.fds.size() != 1) return common::error("an output with {} files", packet.fds.size());
  output_ = Output(std::move(packet.fds[0]));
  return {};
}

Result<void> Trail::handle(ipc::Packet packet) {
  const auto type = ipc::packet_type(packet.bytes);
  if (!type) return type.error();
  if (*type == static_cast<std::uint32_t>(ObserverMessage::kAuditOutput)) {
    return change_output(std::move(packet));
  }
  if (!packet.fds.empty()) return common::error("an event with descriptors");
  for (const Row& row : kRows) {
    if (static_cast<std::uint32_t>(row.type) != *type) continue;
    auto line = row.record(packet.bytes);
    if (!line) return line.error();
    output_.write_line(*line);
    return {};
  }
  return common::error("there is no event {}", *type);
}

}  // namespace zomg::audit
