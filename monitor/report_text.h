#pragma once

#include <string_view>

#include "common/messages/connection.h"

namespace zomg::monitor {

/// What a connection process reports, for the log.
std::string_view describe(messages::Event event);

}  // namespace zomg::monitor
