#include "monitor/supervisor/listening.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "common/base/log.h"

namespace zomg::monitor {
namespace {

/// A port that is free, on the loopback at least.
std::uint16_t free_port() {
  const auto socket = listen_on({{"127.0.0.1", 0}}, "X");
  const std::string address = socket ? address_of((*socket)[0].get()) : ":0";
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

/// The numbers, in `sockets`, of those that a client of this port reaches by its loopback address.
std::vector<std::size_t> reached(const std::vector<common::Fd>& sockets, int family,
                                 std::uint16_t port) {
  sockaddr_storage storage{};
  storage.ss_family = static_cast<sa_family_t>(family);
  auto* ipv4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* ipv6 = reinterpret_cast<sockaddr_in6*>(&storage);
  ipv4->sin_port = htons(port);  // where sin6_port is, too
  if (family == AF_INET) ipv4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (family == AF_INET6) ipv6->sin6_addr = in6addr_loopback;
  const common::Fd client(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const socklen_t size = family == AF_INET ? sizeof(*ipv4) : sizeof(*ipv6);
  std::vector<std::size_t> numbers;
  if (::connect(client.get(), reinterpret_cast<sockaddr*>(&storage), size) != 0) return numbers;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    if (common::Fd(::accept4(sockets[i].get(), nullptr, nullptr, SOCK_CLOEXEC))) {
      numbers.push_back(i);
    }
  }
  return numbers;
}

using testing::ElementsAre;

TEST(Listening, AnyIpv6AddressTakesIpv4Too) {
  const std::uint16_t port = free_port();
  const auto sockets = listen_on({{"::", port}}, "X");
  ASSERT_TRUE(sockets) << sockets.error().message;
  EXPECT_THAT(reached(*sockets, AF_INET, port), ElementsAre(0));
  EXPECT_THAT(reached(*sockets, AF_INET6, port), ElementsAre(0));
}

TEST(Listening, BothAnyAddressesOfOnePortAreEachForTheirFamily) {
  for (const char* ipv4 : {"0.0.0.0", "127.0.0.1"}) {
    for (const bool first : {true, false}) {
      const std::uint16_t port = free_port();
      std::vector<ListenAddress> addresses{{ipv4, port}, {"::", port}};
      if (!first) std::swap(addresses[0], addresses[1]);
      const auto sockets = listen_on(addresses, "X");
      ASSERT_TRUE(sockets) << sockets.error().message;
      EXPECT_THAT(reached(*sockets, AF_INET, port), ElementsAre(first ? 0 : 1));
      EXPECT_THAT(reached(*sockets, AF_INET6, port), ElementsAre(first ? 1 : 0));
    }
  }
}

TEST(Listening, AnIpv4AddressOfAnotherPortChangesNothing) {
  const std::uint16_t port = free_port();
  const auto sockets = listen_on({{"127.0.0.1", 0}, {"::", port}}, "X");
  ASSERT_TRUE(sockets) << sockets.error().message;
  EXPECT_THAT(reached(*sockets, AF_INET, port), ElementsAre(1));
}

/// As with ipv6.disable=1 on the kernel's command line. There is no way back.
void lose_ipv6() {
  scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr ||
      ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                         SCMP_A0(SCMP_CMP_EQ, AF_INET6)) != 0 ||
      ::seccomp_load(filter) != 0) {
    ::_exit(99);
  }
}

/// Says on stderr what it listens on, or why it does not.
[[noreturn]] void listen_without_ipv6(const std::vector<ListenAddress>& addresses) {
  log::start("test", log::Level::kInfo);
  lose_ipv6();
  const auto sockets = listen_on(addresses, "X");
  if (!sockets) log::error("{}", sockets.error().message);
  if (sockets) {
    for (const common::Fd& socket : *sockets) log::info("at {}", address_of(socket.get()));
  }
  ::_exit(sockets ? static_cast<int>(sockets->size()) : 77);
}

TEST(ListeningDeathTest, WithoutIpv6AllOfIpv4TakesThePlaceOfAnyAddress) {
  const std::uint16_t port = free_port();
  EXPECT_EXIT(listen_without_ipv6({{"::", port}}), testing::ExitedWithCode(1),
              fmt::format("no IPv6.*\n.*at 0.0.0.0:{}", port));
  EXPECT_EXIT(listen_without_ipv6({{"::", port}, {"127.0.0.1", port}}), testing::ExitedWithCode(1),
              fmt::format("left out.*\n.*at 127.0.0.1:{}", port));
}

TEST(ListeningDeathTest, WithoutIpv6AnAddressOfItsIsAnErrorThatSaysSo) {
  EXPECT_EXIT(listen_without_ipv6({{"::1", free_port()}}), testing::ExitedWithCode(77),
              "X: ::1 port [0-9]+: this host has no IPv6");
}

}  // namespace
}  // namespace zomg::monitor
