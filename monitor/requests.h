#pragma once

#include <string_view>

#include "common/ipc/channel.h"
#include "common/result.h"
#include "monitor/connection.h"

namespace zomg::monitor {

/// Checks one packet of a connection process against the table of requests and, where it is
/// permitted, handles it. An Error is a breach of contract: the caller ends the connection.
common::Result<void> handle_request(Connection& connection, const ipc::Packet& packet);

}  // namespace zomg::monitor
