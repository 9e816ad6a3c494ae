#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/messages/connection.h"

namespace zomg::monitor {

/// The exchange hash H (RFC 4253 §8, RFC 8731 §3.1) of a key exchange with this host key, hashed
/// here over our own version string and host key: so what the host key signs is a hash of that and
/// never bytes of anybody's choice. An Error for what is no exchange by a method that we offer.
common::Result<std::string> exchange_hash(const messages::SignExchange& exchange,
                                          std::string_view host_key_blob);

/// For a connection's first KEXINIT of ours: random, so that its session identifier is as well.
std::string make_kexinit_cookie();
/// Whether a KEXINIT's payload (RFC 4253 §7.1) has this cookie.
bool has_cookie(std::string_view kexinit, std::string_view cookie);

}  // namespace zomg::monitor
