#include "monitor/supervisor/service_manager.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>

#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::monitor::service_manager {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

/// SD_LISTEN_FDS_START.
constexpr int kFirstSocket = 3;

Result<void> send(const std::string& path, std::string_view state) {
  sockaddr_un address{};
  if (path.size() >= sizeof(address.sun_path)) return common::error("the path is too long");
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';  // an abstract one
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return errno_error("socket");
  if (::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), size) < 0) {
    return errno_error("sendto");
  }
  return {};
}

int number_in(const Environment& environment, const char* variable) {
  const std::string text = environment(variable).value_or("");
  int number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  return status == std::errc() && end == text.data() + text.size() ? number : 0;
}

int socket_option(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof(value);
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

Result<Fd> take_socket(int number) {
  Fd fd(number);
  const int domain = socket_option(number, SO_DOMAIN);
  if ((domain != AF_INET && domain != AF_INET6) || socket_option(number, SO_TYPE) != SOCK_STREAM ||
      socket_option(number, SO_ACCEPTCONN) != 1) {
    return common::error(
        "descriptor {} of LISTEN_FDS is no listening TCP socket; correct the socket unit", number);
  }
  if (::fcntl(number, F_SETFD, FD_CLOEXEC) != 0) return errno_error("FD_CLOEXEC");
  if (auto set = common::set_nonblocking(number, true); !set) return set.error();
  return fd;
}

}  // namespace

bool notify(const Environment& environment, std::string_view state) {
  const std::string path = environment("NOTIFY_SOCKET").value_or("");
  if (path.empty()) return true;
  const auto sent = send(path, state);
  if (sent) return true;
  if (sent.error().errno_value == EAGAIN) return false;
  log::warning("NOTIFY_SOCKET: {}", sent.error().message);
  return true;
}

Result<std::vector<Fd>> take_sockets(const Environment& environment) {
  std::vector<Fd> sockets;
  if (number_in(environment, "LISTEN_PID") != ::getpid()) return sockets;
  const int count = number_in(environment, "LISTEN_FDS");
  if (count > static_cast<int>(limits::kMaxListenAddresses)) {
    return common::error("LISTEN_FDS: more than {} sockets", limits::kMaxListenAddresses);
  }
  for (int i = 0; i < count; ++i) {
    auto socket = take_socket(kFirstSocket + i);
    if (!socket) return socket.error();
    sockets.push_back(std::move(*socket));
  }
  return sockets;
}

}  // namespace zomg::monitor::service_manager
