#include "listener/connection/requests/proxy_header.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "common/base/limits.h"

namespace zomg::connection {
namespace {

using common::Result;
using messages::Endpoint;
using messages::ProxyHeader;

constexpr std::string_view kSignatureV2{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kFixedBytesV2 = 16;
constexpr std::string_view kStartV1 = "PROXY ";
/// `PROXY UNKNOWN\r\n`, the shortest, and two IPv6 addresses, the longest.
constexpr std::size_t kMinBytesV1 = 15;
constexpr std::size_t kMaxBytesV1 = 107;

common::Error no_header() {
  return common::error("no PROXY header");
}

bool begins_like(std::string_view bytes, std::string_view start) {
  const std::size_t size = std::min(bytes.size(), start.size());
  return bytes.substr(0, size) == start.substr(0, size);
}

std::size_t big_endian_16(std::string_view bytes) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) << 8 |
         static_cast<unsigned char>(bytes[1]);
}

/// In numbers; an IPv4-mapped address as IPv4, so that one client has one name.
std::string address_text(int family, std::string_view bytes) {
  in6_addr mapped{};
  if (family == AF_INET6) {
    std::memcpy(&mapped, bytes.data(), sizeof(mapped));
    if (IN6_IS_ADDR_V4MAPPED(&mapped)) return address_text(AF_INET, bytes.substr(12));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  CHECK(::inet_ntop(family, bytes.data(), text.data(), text.size()) != nullptr);
  return text.data();
}

std::string_view take_word(std::string_view& rest) {
  const std::size_t space = rest.find(' ');
  const std::string_view word = rest.substr(0, space);
  rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  return word;
}

std::optional<std::string> parse_address(int family, std::string_view word) {
  std::array<char, sizeof(in6_addr)> bytes{};
  if (word.find('\0') != std::string_view::npos) return std::nullopt;  // where C's strings end
  if (::inet_pton(family, std::string(word).c_str(), bytes.data()) != 1) return std::nullopt;
  return address_text(family, {bytes.data(), family == AF_INET ? 4U : 16U});
}

std::optional<std::uint16_t> parse_port(std::string_view word) {
  std::uint16_t port = 0;
  const auto [end, status] = std::from_chars(word.data(), word.data() + word.size(), port);
  const bool whole = status == std::errc() && end == word.data() + word.size();
  if (!whole || (word.size() > 1 && word[0] == '0')) return std::nullopt;
  return port;
}

Result<ProxyHeader> parse_v1(std::string_view line) {
  std::string_view rest = line.substr(kStartV1.size(), line.size() - kStartV1.size() - 2);
  const std::string_view protocol = take_word(rest);
  if (protocol == "UNKNOWN") return ProxyHeader{};
  if (protocol != "TCP4" && protocol != "TCP6") return no_header();
  const int family = protocol == "TCP4" ? AF_INET : AF_INET6;
  const auto client = parse_address(family, take_word(rest));
  const auto server = parse_address(family, take_word(rest));
  const auto client_port = parse_port(take_word(rest));
  const auto server_port = parse_port(rest);
  if (!client || !server || !client_port || !server_port) return no_header();
  return ProxyHeader{true, Endpoint{std::string_view(*client), *client_port},
                     Endpoint{std::string_view(*server), *server_port}};
}

Result<ProxyHeader> parse_v2(std::string_view bytes) {
  constexpr unsigned kVersion = 0x2;
  enum Command : unsigned { kLocal = 0, kProxy = 1 };
  enum Transport : unsigned { kUnspecified = 0x00, kTcp4 = 0x11, kTcp6 = 0x21, kUnixStream = 0x31 };
  const auto version_and_command = static_cast<unsigned char>(bytes[12]);
  const auto transport = static_cast<unsigned char>(bytes[13]);
  if (version_and_command >> 4 != kVersion) return no_header();
  if ((version_and_command & 0xf) == kLocal) return ProxyHeader{};
  if ((version_and_command & 0xf) != kProxy) return no_header();
  if (transport == kUnspecified || transport == kUnixStream) return ProxyHeader{};
  if (transport != kTcp4 && transport != kTcp6) return no_header();
  const int family = transport == kTcp4 ? AF_INET : AF_INET6;
  const std::size_t size = family == AF_INET ? 4 : 16;
  const std::string_view addresses = bytes.substr(kFixedBytesV2);
  if (addresses.size() < 2 * size + 4) return no_header();
  const auto endpoint = [&](std::size_t at) {
    const auto port = big_endian_16(addresses.substr(2 * size + 2 * at));
    return Endpoint{std::string_view(address_text(family, addresses.substr(at * size, size))),
                    static_cast<std::uint16_t>(port)};
  };
  return ProxyHeader{true, endpoint(0), endpoint(1)};
}

}  // namespace

Result<std::size_t> missing_header_bytes(std::string_view bytes) {
  if (bytes.size() < kSignatureV2.size()) {
    // Both kinds are longer than this.
    if (!begins_like(bytes, kSignatureV2) && !begins_like(bytes, kStartV1)) return no_header();
    return kSignatureV2.size() - bytes.size();
  }
  if (bytes.starts_with(kSignatureV2)) {
    if (bytes.size() < kFixedBytesV2) return kFixedBytesV2 - bytes.size();
    const std::size_t size = kFixedBytesV2 + big_endian_16(bytes.substr(14));
    if (size > limits::kMaxProxyHeaderBytes || bytes.size() > size) return no_header();
    return size - bytes.size();
  }
  if (!bytes.starts_with(kStartV1)) return no_header();
  if (bytes.size() < kMinBytesV1) return kMinBytesV1 - bytes.size();
  if (bytes.ends_with("\r\n")) return std::size_t{0};
  if (bytes.size() >= kMaxBytesV1) return no_header();
  return std::size_t{1};
}

Result<ProxyHeader> parse_proxy_header(std::string_view bytes) {
  const auto missing = missing_header_bytes(bytes);
  if (!missing) return missing.error();
  if (*missing != 0) return no_header();
  return bytes.starts_with(kStartV1) ? parse_v1(bytes) : parse_v2(bytes);
}

}  // namespace zomg::connection
