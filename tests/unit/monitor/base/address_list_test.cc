#include "monitor/base/address_list.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

bool is_matched(std::string_view list, std::string_view address) {
  const auto addresses = AddressList::parse(list);
  return addresses && addresses->matches(address);
}

TEST(AddressList, MatchesSingleAddressesInAnySpelling) {
  EXPECT_TRUE(is_matched("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(is_matched("192.0.2.1", "192.0.2.10"));
  EXPECT_TRUE(is_matched("2001:DB8:0::1", "2001:db8::1"));
}

TEST(AddressList, MatchesNetworks) {
  EXPECT_TRUE(is_matched("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(is_matched("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(is_matched("192.0.2.128/25", "192.0.2.128"));
  EXPECT_FALSE(is_matched("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(is_matched("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(is_matched("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(is_matched("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(is_matched("::/0", "fe80::1%3"));
}

TEST(AddressList, KeepsTheTwoFamiliesApart) {
  EXPECT_FALSE(is_matched("0.0.0.0/0", "::1"));
  EXPECT_FALSE(is_matched("::/0", "127.0.0.1"));
}

TEST(AddressList, MatchesPatternsOverTheAddressAsText) {
  EXPECT_TRUE(is_matched("192.0.2.*", "192.0.2.77"));
  EXPECT_TRUE(is_matched("192.0.2.?", "192.0.2.7"));
  EXPECT_FALSE(is_matched("192.0.2.?", "192.0.2.77"));
  EXPECT_TRUE(is_matched("*", "2001:db8::1"));
}

TEST(AddressList, ExcludesWhatANegatedEntryMatches) {
  EXPECT_FALSE(is_matched("192.0.2.0/24,!192.0.2.66", "192.0.2.66"));
  EXPECT_FALSE(is_matched("!192.0.2.64/26,*", "192.0.2.66"));
  EXPECT_TRUE(is_matched("!192.0.2.64/26,*", "192.0.2.1"));
  EXPECT_FALSE(is_matched("!192.0.2.66", "192.0.2.1"));
}

TEST(AddressList, WithAHostNameMatchesNobody) {
  EXPECT_FALSE(is_matched("host.example.org", "192.0.2.1"));
}

TEST(AddressList, RefusesWhatCannotBeMeant) {
  for (const char* list : {"", ",", "192.0.2.1,", "!", "192.0.2.1/24", "192.0.2.0/33", "::/129",
                           "192.0.2.0/", "192.0.2.0/x", "192.0.2.0/-1", "*/24", "!192.0.2.1/24"}) {
    EXPECT_FALSE(AddressList::parse(list)) << list;
  }
}

TEST(AddressList, OfACertificateHasNetworksOnly) {
  EXPECT_TRUE(AddressList::parse_networks("192.0.2.0/24,2001:db8::1"));
  for (const char* list : {"", "192.0.2.*", "!192.0.2.1", "host", "192.0.2.1/24", "192.0.2.1,"}) {
    EXPECT_FALSE(AddressList::parse_networks(list)) << list;
  }
}

TEST(AddressList, AnAddressThatIsNoneMatchesNoNetwork) {
  EXPECT_FALSE(is_matched("0.0.0.0/0,::/0", ""));
  EXPECT_FALSE(is_matched("0.0.0.0/0,::/0", "nonsense"));
}

}  // namespace
}  // namespace zomg::monitor
