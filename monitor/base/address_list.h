#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace zomg::monitor {

/// sshd_config(5) PerSourceNetBlockSize: how many bits of an address say where it comes from.
struct NetBlockSize {
  unsigned ipv4_bits = 32;
  unsigned ipv6_bits = 128;
  bool operator==(const NetBlockSize&) const = default;
};

/// A numeric IPv4 or IPv6 network; a single address is one of full length.
struct Network {
  bool ipv6 = false;
  std::array<unsigned char, 16> bytes{};  ///< an IPv4 address in the first four
  unsigned prefix_bits = 0;

  /// Reads `192.0.2.0/24`, `2001:db8::/32` or a single address. An Error when it is none, or has
  /// bits set outside of its prefix.
  static common::Result<Network> parse(std::string_view text);
  bool contains(const Network& address) const;
  /// The network of that size around this address.
  Network block(const NetBlockSize& size) const;
  // clang-tidy 14 takes the 0 of a comparison that it makes up itself for a pointer.
  auto operator<=>(const Network&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A comma-separated list of addresses: `from=` of authorized_keys, `source-address` of a
/// certificate.
class AddressList {
 public:
  /// sshd(8) `from=`: networks, and patterns over the address as text; `!` excludes.
  static common::Result<AddressList> parse(std::string_view list);
  /// PROTOCOL.certkeys `source-address`: networks only, none negated.
  static common::Result<AddressList> parse_networks(std::string_view list);

  /// True when an entry matches the client's address and none that is negated does. Nothing asks
  /// DNS, so a pattern of host names matches nobody.
  bool matches(std::string_view address) const;

 private:
  struct Entry {
    bool negated = false;
    bool is_network = false;
    Network network;
    std::string pattern;
  };
  std::vector<Entry> entries_;
};

}  // namespace zomg::monitor
