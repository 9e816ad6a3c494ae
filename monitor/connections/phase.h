#pragma once

#include <cstdint>
#include <string_view>

namespace zomg::monitor {

/// How far a connection has come. Each request is permitted in some phases only (requests.cc).
enum class Phase : std::uint8_t {
  kProxyHeader,     ///< the peer is a proxy, which has not told yet who the client is
  kKeyExchange,     ///< nothing signed yet, so there is no session identifier
  kAuthentication,  ///< a session identifier, nobody logged in
  kSession,         ///< a user logged in
};

/// For the log and for errors.
constexpr std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::kProxyHeader:
      return "PROXY header";
    case Phase::kKeyExchange:
      return "key exchange";
    case Phase::kAuthentication:
      return "authentication";
    case Phase::kSession:
      return "session";
  }
  return "none";
}

}  // namespace zomg::monitor
