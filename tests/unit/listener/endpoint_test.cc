#include "listener/endpoint.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace zomg::listener {
namespace {

sockaddr_storage v6(const char* address, std::uint32_t scope = 0) {
  sockaddr_in6 socket{};
  socket.sin6_family = AF_INET6;
  socket.sin6_port = htons(2222);
  socket.sin6_scope_id = scope;
  EXPECT_EQ(inet_pton(AF_INET6, address, &socket.sin6_addr), 1);
  sockaddr_storage storage{};
  std::memcpy(&storage, &socket, sizeof(socket));
  return storage;
}

TEST(Endpoint, MappedIsShownAsIpv4) {
  const auto endpoint = to_endpoint(v6("::ffff:192.0.2.7"));
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->address.value, "192.0.2.7");
  EXPECT_EQ(endpoint->port, 2222);
}

TEST(Endpoint, Ipv6KeepsItsZone) {
  const auto endpoint = to_endpoint(v6("fe80::1", 3));
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->address.value, "fe80::1%3");
}

TEST(Endpoint, AnotherFamilyIsAnError) {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;
  EXPECT_FALSE(to_endpoint(storage));
}

}  // namespace
}  // namespace zomg::listener
