#include "monitor/supervisor/listening.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "common/base/log.h"

namespace zomg::monitor {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

/// What sshd(8) passes to listen(2).
constexpr int kBacklog = 128;

/// Whether the IPv4 clients of a port come to its `[::]` too, or to another address of ours.
enum class Ipv4 { kToo, kElsewhere };

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress socket_address(const ListenAddress& address) {
  SocketAddress out;
  auto* ipv4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  auto* ipv6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (::inet_pton(AF_INET, address.host.c_str(), &ipv4->sin_addr) == 1) {
    ipv4->sin_family = AF_INET;
    ipv4->sin_port = htons(address.port);
    out.size = sizeof(*ipv4);
  } else {
    CHECK(::inet_pton(AF_INET6, address.host.c_str(), &ipv6->sin6_addr) == 1);
    ipv6->sin6_family = AF_INET6;
    ipv6->sin6_port = htons(address.port);
    out.size = sizeof(*ipv6);
  }
  return out;
}

bool is_ipv4(const ListenAddress& address) {
  return address.host.find(':') == std::string::npos;
}

bool is_any_ipv6(const SocketAddress& address) {
  const auto* ipv6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
  return address.storage.ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&ipv6->sin6_addr) != 0;
}

Result<Fd> listen_on(const ListenAddress& address, Ipv4 ipv4) {
  const SocketAddress bound = socket_address(address);
  Fd socket(::socket(bound.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return errno_error("socket");
  const int on = 1;
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0) {
    return errno_error("SO_REUSEADDR");
  }
  // Else net.ipv6.bindv6only decides.
  const int only = ipv4 == Ipv4::kElsewhere ? 1 : 0;
  if (is_any_ipv6(bound) &&
      ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only)) != 0) {
    return errno_error("IPV6_V6ONLY");
  }
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&bound.storage), bound.size) != 0) {
    return errno_error("cannot bind");
  }
  if (::listen(socket.get(), kBacklog) != 0) return errno_error("cannot listen");
  return socket;
}

/// Where IPv4 clients of `address`'s port go.
Ipv4 ipv4_of(const ListenAddress& address, const std::vector<ListenAddress>& addresses) {
  const bool elsewhere =
      std::any_of(addresses.begin(), addresses.end(), [&](const ListenAddress& other) {
        return is_ipv4(other) && other.port == address.port && other.port != 0;
      });
  return elsewhere ? Ipv4::kElsewhere : Ipv4::kToo;
}

/// What takes the place of an IPv6 address on a host without IPv6: of `[::]`, all of IPv4, and
/// nothing where that is in `addresses` besides. Of another nothing could.
Result<Fd> listen_without_ipv6(const ListenAddress& address, Ipv4 ipv4) {
  if (!is_any_ipv6(socket_address(address))) return common::error("this host has no IPv6");
  log::warning("this host has no IPv6: [::] port {} is {}", address.port,
               ipv4 == Ipv4::kToo ? "0.0.0.0" : "left out");
  return ipv4 == Ipv4::kToo ? listen_on({"0.0.0.0", address.port}, ipv4) : Fd();
}

}  // namespace

Result<std::vector<Fd>> listen_on(const std::vector<ListenAddress>& addresses,
                                  std::string_view setting) {
  std::vector<Fd> sockets;
  for (const ListenAddress& address : addresses) {
    const Ipv4 ipv4 = ipv4_of(address, addresses);
    auto socket = listen_on(address, ipv4);
    if (!socket && socket.error().errno_value == EAFNOSUPPORT && !is_ipv4(address)) {
      socket = listen_without_ipv6(address, ipv4);
    }
    if (!socket) {
      return socket.error().with_context(
          fmt::format("{}: {} port {}", setting, address.host, address.port));
    }
    if (*socket) sockets.push_back(std::move(*socket));
  }
  return sockets;
}

std::string address_of(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  if (::getsockname(socket, address, &size) != 0 ||
      ::getnameinfo(address, size, host.data(), host.size(), port.data(), port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "an unknown address";
  }
  const bool ipv6 = storage.ss_family == AF_INET6;
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", host.data(), ipv6 ? "]" : "", port.data());
}

}  // namespace zomg::monitor
