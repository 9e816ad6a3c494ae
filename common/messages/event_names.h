#pragma once

#include <string>
#include <string_view>

#include "common/messages/event.h"

/// The words that stand for enumerators of events in the audit trail and in metrics. They are an
/// interface: a word is never changed.
namespace zomg::messages {

std::string_view name(common::Failure failure);
std::string_view name(ConnectionRefusal reason);
std::string_view name(SessionKind kind);
std::string_view name(SftpAction action);
std::string_view name(BoxPath path);
std::string_view name(FallbackReason reason);
std::string_view name(Event event);

/// `TERM` for 15; the number where it has no name.
std::string signal_name(std::uint32_t signal);

}  // namespace zomg::messages
