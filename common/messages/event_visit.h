#pragma once

#include <type_traits>

#include "common/ipc/channel.h"
#include "common/messages/event.h"

namespace zomg::messages {

/// Decodes `packet`, whose type is `type`, as the event that it is, and calls `visit(event)`, which
/// returns a Result<void>. An Error where it is no event, or a malformed one.
template <typename Visit>
common::Result<void> visit_event(std::uint32_t type, const ipc::Packet& packet, Visit visit) {
  const auto all = [&]<typename... Events>(std::type_identity<void(Events...)>) {
    common::Result<void> result = common::error("there is no event {}", type);
    const auto is = [&]<typename Event>(std::type_identity<Event>) {
      if (static_cast<std::uint32_t>(Event::kType) != type) return false;
      const auto event = ipc::decode<Event>(packet);
      result = event ? visit(*event) : common::Result<void>(event.error());
      return true;
    };
    (void)(is(std::type_identity<Events>{}) || ...);
    return result;
  };
  return all(std::type_identity<void(
                 ConnectionOpened, ConnectionRefused, ConnectionClosed, AuthenticationAccepted,
                 AuthenticationRefused, LookupEnded, SessionStarted, SessionRefused, SessionEnded,
                 Reported, SftpOperation, ContractBroken, LoginRevoked, EventsDropped)>{});
}

}  // namespace zomg::messages
