#pragma once

#include <string>
#include <string_view>

#include "common/messages/event.h"

/// The words that stand for enumerators in the audit trail. They are an interface: a word is never
/// changed.
namespace zomg::audit {

std::string_view name(common::Failure failure);
std::string_view name(messages::ConnectionRefusal reason);
std::string_view name(messages::SessionKind kind);
std::string_view name(messages::BoxPath path);
std::string_view name(messages::Event event);

/// `TERM` for 15; the number where it has no name.
std::string signal_name(std::uint32_t signal);

}  // namespace zomg::audit
