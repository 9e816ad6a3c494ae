#include "listener/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace zomg::listener {
namespace {

using common::Result;
using messages::Endpoint;

Result<Endpoint> to_endpoint_v4(const in_addr& address, in_port_t port) {
  std::array<char, INET_ADDRSTRLEN> text{};
  if (::inet_ntop(AF_INET, &address, text.data(), text.size()) == nullptr) {
    return common::errno_error("inet_ntop");
  }
  return Endpoint{std::string_view(text.data()), ntohs(port)};
}

Result<Endpoint> to_endpoint_v6(const sockaddr_in6& address) {
  if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {
    in_addr v4{};
    std::memcpy(&v4, address.sin6_addr.s6_addr + 12, sizeof(v4));
    return to_endpoint_v4(v4, address.sin6_port);
  }
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (::inet_ntop(AF_INET6, &address.sin6_addr, buffer.data(), buffer.size()) == nullptr) {
    return common::errno_error("inet_ntop");
  }
  std::string text(buffer.data());
  if (address.sin6_scope_id != 0) text += fmt::format("%{}", address.sin6_scope_id);
  return Endpoint{std::string_view(text), ntohs(address.sin6_port)};
}

using Getter = int (*)(int, sockaddr*, socklen_t*);

Result<Endpoint> endpoint_by(Getter get, int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (get(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return common::errno_error("address of a connection");
  }
  return to_endpoint(address);
}

}  // namespace

Result<Endpoint> to_endpoint(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof(v4));
    return to_endpoint_v4(v4.sin_addr, v4.sin_port);
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof(v6));
    return to_endpoint_v6(v6);
  }
  return common::error("address family {}", address.ss_family);
}

Result<Endpoint> peer_endpoint(int socket) {
  return endpoint_by(::getpeername, socket);
}

Result<Endpoint> local_endpoint(int socket) {
  return endpoint_by(::getsockname, socket);
}

}  // namespace zomg::listener
