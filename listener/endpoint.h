#pragma once

#include <sys/socket.h>

#include "common/base/result.h"
#include "common/messages/listener.h"

namespace zomg::listener {

/// `address` in numbers: an IPv4-mapped one as IPv4, a link-local one with its zone by interface
/// number, since the listener's network namespace knows no names.
common::Result<messages::Endpoint> to_endpoint(const sockaddr_storage& address);

/// getpeername(2) and getsockname(2) of a connected TCP socket.
common::Result<messages::Endpoint> peer_endpoint(int socket);
common::Result<messages::Endpoint> local_endpoint(int socket);

}  // namespace zomg::listener
