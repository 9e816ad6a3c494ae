#pragma once

#include <string>

#include "common/messages/event.h"

namespace zomg::audit {

/// The JSON object of an event, on one line, without a line end. Pure ASCII: everything else is
/// escaped, and bytes that are not UTF-8 become U+FFFD.
std::string record(const messages::ConnectionOpened& event);
std::string record(const messages::ConnectionRefused& event);
std::string record(const messages::ConnectionClosed& event);
std::string record(const messages::AuthenticationAccepted& event);
std::string record(const messages::AuthenticationRefused& event);
std::string record(const messages::LookupEnded& event);
std::string record(const messages::SessionStarted& event);
std::string record(const messages::SessionRefused& event);
std::string record(const messages::SessionEnded& event);
std::string record(const messages::SftpOperation& event);
std::string record(const messages::Reported& event);
std::string record(const messages::ContractBroken& event);
std::string record(const messages::LoginRevoked& event);
std::string record(const messages::EventsDropped& event);

}  // namespace zomg::audit
