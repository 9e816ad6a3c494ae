#include "listener/connection/requests/proxy_header.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "tests/unit/listener/connection/requests/proxy_headers.h"

namespace zomg::connection {
namespace {

/// Reads as from a socket: what it says, and how many bytes it took; nothing when it is none.
std::optional<std::pair<messages::ProxyHeader, std::size_t>> read(std::string_view bytes) {
  std::size_t taken = 0;
  while (true) {
    const auto missing = missing_header_bytes(bytes.substr(0, taken));
    if (!missing || taken + *missing > bytes.size()) return std::nullopt;
    if (*missing == 0) break;
    taken += *missing;
  }
  auto header = parse_proxy_header(bytes.substr(0, taken));
  if (!header) return std::nullopt;
  return std::pair(std::move(*header), taken);
}

void expect_addresses(const std::string& bytes, std::string_view client, std::string_view server) {
  const auto header = read(bytes + "SSH-2.0-x\r\n");
  ASSERT_TRUE(header) << bytes;
  EXPECT_TRUE(header->first.relayed);
  EXPECT_EQ(header->first.client, (messages::Endpoint{client, 5000}));
  EXPECT_EQ(header->first.server, (messages::Endpoint{server, 2222}));
  EXPECT_EQ(header->second, bytes.size()) << "not a byte of the client's is taken";
}

TEST(ProxyHeaderTest, TellsBothAddresses) {
  expect_addresses("PROXY TCP4 192.0.2.1 192.0.2.2 5000 2222\r\n", "192.0.2.1", "192.0.2.2");
  expect_addresses("PROXY TCP6 2001:DB8::1 2001:db8:0::2 5000 2222\r\n", "2001:db8::1",
                   "2001:db8::2");
  expect_addresses(header_v2(1, 0x11, tcp4("192.0.2.1", "192.0.2.2")), "192.0.2.1", "192.0.2.2");
  expect_addresses(header_v2(1, 0x21, tcp6("2001:db8::1", "2001:db8::2")), "2001:db8::1",
                   "2001:db8::2");
}

TEST(ProxyHeaderTest, AMappedAddressIsTheIpv4OneThatItStandsFor) {
  expect_addresses("PROXY TCP6 ::ffff:192.0.2.1 ::1 5000 2222\r\n", "192.0.2.1", "::1");
  expect_addresses(header_v2(1, 0x21, tcp6("::ffff:192.0.2.1", "::1")), "192.0.2.1", "::1");
}

TEST(ProxyHeaderTest, SkipsExtensions) {
  expect_addresses(
      header_v2(1, 0x11, tcp4("192.0.2.1", "192.0.2.2") + "\x04\x01" + std::string(1000, 'x')),
      "192.0.2.1", "192.0.2.2");
}

TEST(ProxyHeaderTest, AProxyMaySpeakForItself) {
  for (const std::string& bytes :
       {std::string("PROXY UNKNOWN\r\n"), std::string("PROXY UNKNOWN a b c d\r\n"),
        header_v2(0, 0, ""), header_v2(0, 0x11, tcp4("192.0.2.1", "192.0.2.2")),
        header_v2(1, 0, ""), header_v2(1, 0x31, std::string(216, '\0'))}) {
    const auto header = read(bytes + "SSH");
    ASSERT_TRUE(header) << bytes;
    EXPECT_FALSE(header->first.relayed);
    EXPECT_EQ(header->second, bytes.size());
  }
}

TEST(ProxyHeaderTest, RefusesEverythingElse) {
  const std::string good = tcp4("192.0.2.1", "192.0.2.2");
  for (const std::string& bytes :
       {std::string("SSH-2.0-OpenSSH_9.2\r\n"), std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string("PROXY TCP4 192.0.2.1 192.0.2.2 65536 2222\r\n"),
        std::string("PROXY TCP4 192.0.2.1 192.0.2.2 05000 2222\r\n"),
        std::string("PROXY TCP4 192.0.2.1 192.0.2.2 5000 2222 x\r\n"),
        std::string("PROXY TCP4 192.0.2.1  192.0.2.2 5000 2222\r\n"),
        std::string("PROXY TCP4 192.0.2.1 192.0.2.2 5000\r\n"),
        std::string("PROXY TCP4 2001:db8::1 ::1 5000 2222\r\n"),
        std::string("PROXY TCP4 192.0.2.1\0x 192.0.2.2 5000 2222\r\n", 44),
        std::string("PROXY TCP4 192.0.2.1/8 192.0.2.2 5000 2222\r\n"),
        std::string("PROXY TCP6 fe80::1%eth0 ::1 5000 2222\r\n"),
        std::string("PROXY UDP4 192.0.2.1 192.0.2.2 5000 2222\r\n"),
        "PROXY UNKNOWN " + std::string(100, 'x') + "\r\n", header_v2(1, 0x12, good),
        header_v2(2, 0x11, good), header_v2(1, 0x11, good.substr(1)), header_v2(1, 0x21, good),
        std::string("\r\n\r\n\0\r\nQUIT\n\x11\x11\0\0", 16)}) {
    EXPECT_FALSE(read(bytes)) << bytes;
  }
}

TEST(ProxyHeaderTest, IsBounded) {
  const auto fits = limits::kMaxProxyHeaderBytes - 16;
  EXPECT_TRUE(read(header_v2(0, 0, std::string(fits, 'x'))));
  EXPECT_FALSE(missing_header_bytes(header_v2(0, 0, std::string(fits + 1, 'x')).substr(0, 16)));
}

}  // namespace
}  // namespace zomg::connection
