#pragma once

#include <string>

#include "common/messages/connection.h"

namespace zomg::monitor {

/// What a connection process reports, for the log.
std::string describe(const messages::Report& report);

}  // namespace zomg::monitor
