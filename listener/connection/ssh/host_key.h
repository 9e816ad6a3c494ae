#pragma once

#include <string>
#include <string_view>

namespace zomg::connection::ssh {

/// The private half that stands in the host key which libssh gets. The true one is the monitor's.
/// Were a signature ever made with this one, every client would refuse it.
inline constexpr std::string_view kDummySeed = "zomg-ssh: the monitor has my key";
static_assert(kDummySeed.size() == 32);

/// An ed25519 key file in OpenSSH's format (OpenSSH PROTOCOL.key) with the true public half and the
/// dummy seed, as text.
std::string stand_in_host_key(std::string_view public_key);

}  // namespace zomg::connection::ssh
