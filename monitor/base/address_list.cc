#include "monitor/base/address_list.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "common/base/quoted.h"
#include "monitor/base/pattern_list.h"

namespace zomg::monitor {
namespace {

using common::Result;

Result<Network> parse_address(const std::string& text) {
  Network network;
  if (::inet_pton(AF_INET, text.c_str(), network.bytes.data()) == 1) {
    network.prefix_bits = 32;
  } else if (::inet_pton(AF_INET6, text.c_str(), network.bytes.data()) == 1) {
    network.ipv6 = true;
    network.prefix_bits = 128;
  } else {
    return common::error("{} is not an address", common::quoted(text));
  }
  return network;
}

bool bit(const Network& network, unsigned index) {
  return (network.bytes[index / 8] & (0x80U >> index % 8)) != 0;
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  auto network = parse_address(std::string(text.substr(0, slash)));
  if (!network || slash == std::string_view::npos) return network;
  const unsigned address_bits = network->prefix_bits;
  const std::string_view prefix = text.substr(slash + 1);
  const auto [end, status] =
      std::from_chars(prefix.data(), prefix.data() + prefix.size(), network->prefix_bits);
  if (status != std::errc() || end != prefix.data() + prefix.size() ||
      network->prefix_bits > address_bits) {
    return common::error("{} has no prefix length from 0 to {}", common::quoted(text),
                         address_bits);
  }
  for (unsigned i = network->prefix_bits; i < address_bits; ++i) {
    if (bit(*network, i))
      return common::error("{} has bits set outside of its prefix", common::quoted(text));
  }
  return network;
}

bool Network::contains(const Network& address) const {
  if (ipv6 != address.ipv6) return false;
  const std::size_t whole = prefix_bits / 8;
  if (std::memcmp(bytes.data(), address.bytes.data(), whole) != 0) return false;
  for (unsigned i = static_cast<unsigned>(whole) * 8; i < prefix_bits; ++i) {
    if (bit(*this, i) != bit(address, i)) return false;
  }
  return true;
}

Network Network::block(const NetBlockSize& size) const {
  Network network = *this;
  network.prefix_bits = std::min(prefix_bits, ipv6 ? size.ipv6_bits : size.ipv4_bits);
  for (unsigned i = network.prefix_bits; i < prefix_bits; ++i) {
    unsigned char& byte = network.bytes.at(i / 8);
    byte = static_cast<unsigned char>(byte & ~(0x80U >> i % 8));
  }
  return network;
}

Result<AddressList> AddressList::parse(std::string_view list) {
  AddressList addresses;
  auto read = for_each_entry(list, [&](bool negated, std::string_view text) -> Result<void> {
    auto network = Network::parse(text);
    // What has a slash was meant as a network: as a pattern it would match nothing, and negated
    // exclude nobody.
    if (!network && text.find('/') != std::string_view::npos) return network.error();
    addresses.entries_.push_back({negated, network.has_value(), network ? *network : Network{},
                                  network ? std::string() : std::string(text)});
    return {};
  });
  if (!read) return read.error();
  return addresses;
}

Result<AddressList> AddressList::parse_networks(std::string_view list) {
  AddressList addresses;
  auto read = for_each_entry(list, [&](bool negated, std::string_view text) -> Result<void> {
    auto network = Network::parse(text);
    if (!network) return network.error();
    if (negated) return common::error("!{}: nothing can be negated here", common::quoted(text));
    addresses.entries_.push_back({false, true, *network, {}});
    return {};
  });
  if (!read) return read.error();
  return addresses;
}

bool AddressList::matches(std::string_view address) const {
  // The zone of a link-local address is no part of any network.
  const auto parsed = Network::parse(address.substr(0, address.find('%')));
  bool matched = false;
  for (const Entry& entry : entries_) {
    const bool same = entry.is_network ? parsed && entry.network.contains(*parsed)
                                       : matches_pattern(address, entry.pattern);
    if (!same) continue;
    if (entry.negated) return false;
    matched = true;
  }
  return matched;
}

}  // namespace zomg::monitor
