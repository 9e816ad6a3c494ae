#pragma once

#include <string_view>

#include "common/base/result.h"
#include "common/ipc/channel.h"
#include "monitor/connections/connection.h"

namespace zomg::monitor {

/// Checks one packet of a connection process against the table of requests and, where it is
/// permitted, handles it. An Error is a breach of contract: the caller ends the connection.
common::Result<void> handle_request(Connection& connection, const ipc::Packet& packet);

}  // namespace zomg::monitor
