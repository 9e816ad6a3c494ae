#include "monitor/helpers/audit/trail.h"

#include "common/ipc/shelf.h"
#include "common/messages/event_visit.h"
#include "monitor/helpers/audit/record.h"

namespace zomg::audit {

using common::Result;
using messages::ObserverMessage;

Result<void> Trail::change_output(ipc::Packet packet) {
  auto message = ipc::decode<messages::AuditOutput>(packet);
  if (!message) return message.error();
  auto files = ipc::take_from_shelf(packet.fds[0].get());
  if (!files) return files.error().with_context("output");
  output_ = Output(std::move(files->front()));
  return {};
}

Result<void> Trail::handle(ipc::Packet packet) {
  const auto type = ipc::packet_type(packet.bytes);
  if (!type) return type.error();
  if (*type == static_cast<std::uint32_t>(ObserverMessage::kAuditOutput)) {
    return change_output(std::move(packet));
  }
  return messages::visit_event(*type, packet, [this](const auto& event) -> Result<void> {
    output_.write_line(record(event));
    return {};
  });
}

}  // namespace zomg::audit
