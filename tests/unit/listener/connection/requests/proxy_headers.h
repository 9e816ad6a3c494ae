#pragma once

#include <arpa/inet.h>

#include <array>
#include <string>

/// PROXY headers of version 2, for tests.
namespace zomg::connection {

inline std::string packed(int family, const char* address) {
  std::array<char, 16> bytes{};
  EXPECT_EQ(::inet_pton(family, address, bytes.data()), 1);
  return {bytes.data(), family == AF_INET ? 4U : 16U};
}

/// Ports 5000 and 2222.
inline const std::string kPorts{"\x13\x88\x08\xae", 4};

inline std::string tcp4(const char* client, const char* server) {
  return packed(AF_INET, client) + packed(AF_INET, server) + kPorts;
}

inline std::string tcp6(const char* client, const char* server) {
  return packed(AF_INET6, client) + packed(AF_INET6, server) + kPorts;
}

inline std::string header_v2(int command, int transport, const std::string& body) {
  std::string bytes("\r\n\r\n\0\r\nQUIT\n", 12);
  bytes += static_cast<char>(0x20 | command);
  bytes += static_cast<char>(transport);
  bytes += static_cast<char>(body.size() >> 8);
  bytes += static_cast<char>(body.size() & 0xff);
  return bytes + body;
}

}  // namespace zomg::connection
