#pragma once

#include <optional>
#include <string_view>

#include "common/messages/connection.h"

namespace zomg::connection {

/// The parts of a key exchange in `hashed`, which is what its hash is made of (RFC 4253 §8); nothing
/// for what is no such thing. Our own version string and host key the monitor puts in itself.
std::optional<messages::SignExchange> parse_key_exchange(std::string_view hashed);

}  // namespace zomg::connection
