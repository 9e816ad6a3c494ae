#pragma once

#include <string_view>

namespace zomg::common {

/// Our version string (RFC 4253 §4.2) without CR and LF: V_S of every key exchange. OpenSSH's client
/// sends eow@openssh.com, without which `ssh box yes | head` never ends, only to a server of this
/// name.
inline constexpr std::string_view kServerVersion = "SSH-2.0-OpenSSH_compatible zomg-ssh-gateway";

}  // namespace zomg::common
