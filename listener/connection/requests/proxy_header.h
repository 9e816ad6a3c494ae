#pragma once

#include <cstddef>
#include <string_view>

#include "common/base/result.h"
#include "common/messages/connection.h"

namespace zomg::connection {

/// How many bytes more surely belong to the PROXY header (versions 1 and 2 of HAProxy's
/// proxy-protocol.txt) that begins with `bytes`: so many can be read without taking a byte of what
/// follows it. 0 when it is complete; an Error when it is none.
common::Result<std::size_t> missing_header_bytes(std::string_view bytes);

/// What a complete header says. Not relayed: LOCAL, UNKNOWN, UNSPEC, and unix sockets, with which
/// the proxy speaks for itself. An Error when it is none.
common::Result<messages::ProxyHeader> parse_proxy_header(std::string_view bytes);

}  // namespace zomg::connection
