#include "monitor/listening.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace zomg::monitor {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

/// What sshd(8) passes to listen(2).
constexpr int kBacklog = 128;

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

Result<Fd> listen_on(const ListenAddress& address) {
  const SocketAddress bound = socket_address(address);
  Fd socket(::socket(bound.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return errno_error("socket");
  const int on = 1;
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0) {
    return errno_error("SO_REUSEADDR");
  }
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&bound.storage), bound.size) != 0) {
    return errno_error("cannot bind");
  }
  if (::listen(socket.get(), kBacklog) != 0) return errno_error("cannot listen");
  return socket;
}

}  // namespace

Result<std::vector<Fd>> listen_on(const std::vector<ListenAddress>& addresses,
                                  std::string_view setting) {
  std::vector<Fd> sockets;
  for (const ListenAddress& address : addresses) {
    auto socket = listen_on(address);
    if (!socket) {
      return socket.error().with_context(
          fmt::format("{}: {} port {}", setting, address.host, address.port));
    }
    sockets.push_back(std::move(*socket));
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
