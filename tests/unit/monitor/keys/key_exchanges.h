#pragma once

#include <string>
#include <string_view>

#include "common/messages/connection.h"

namespace zomg::monitor {

/// That of key_exchange().
inline constexpr std::string_view kKexinitCookie = "HHHHHHHHHHHHHHHH";

/// A key exchange by curve25519-sha256 as a connection process tells it; no two marks make the same.
inline messages::SignExchange key_exchange(char mark = 'H') {
  const std::string kexinit = "\x14" + std::string(200, mark);
  const std::string share(32, mark);
  return {std::string_view("SSH-2.0-test"), std::string_view(kexinit), std::string_view(kexinit),
          std::string_view(share),          std::string_view(share),   std::string_view(share)};
}

}  // namespace zomg::monitor
