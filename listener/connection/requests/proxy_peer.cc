#include "listener/connection/requests/proxy_peer.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>

#include "common/base/io/deadline.h"
#include "common/base/limits.h"
#include "common/base/uninterrupted.h"
#include "common/ssh/refusal.h"
#include "listener/connection/requests/proxy_header.h"

namespace zomg::connection {
namespace {

using Clock = std::chrono::steady_clock;

/// Waits until `socket` can be read; false at the deadline.
bool wait_for_bytes(int socket, Clock::time_point deadline) {
  while (true) {
    const int left = common::milliseconds_until(deadline);
    if (left == 0) return false;
    pollfd entry{socket, POLLIN, 0};
    const int ready = common::poll_events({&entry, 1}, left);
    if (ready != 0) return ready > 0;
  }
}

/// The header's bytes; an Error when there is none. `silent` when not a byte came.
common::Result<std::string> read_header(int socket, bool& silent) {
  const auto deadline = Clock::now() + limits::kProxyHeaderTimeout;
  std::string bytes;
  while (true) {
    const auto missing = missing_header_bytes(bytes);
    if (!missing) return missing.error();
    if (*missing == 0) return bytes;
    if (!wait_for_bytes(socket, deadline)) return common::error("no PROXY header in time");
    const std::size_t before = bytes.size();
    bytes.resize(before + *missing);
    const ssize_t got =
        common::uninterrupted([&] { return ::recv(socket, bytes.data() + before, *missing, 0); });
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EAGAIN) continue;
    if (got <= 0) return common::error("the connection closed");
    silent = false;
  }
}

}  // namespace

bool take_proxy_header(int socket, MonitorLink& monitor) {
  bool silent = true;
  const auto bytes = read_header(socket, silent);
  const auto header =
      bytes ? parse_proxy_header(*bytes) : common::Result<messages::ProxyHeader>(bytes.error());
  if (!header) {
    monitor.report(silent ? messages::Event::kBareProbe : messages::Event::kProxyHeaderInvalid);
    return false;
  }
  if (monitor.proxy_header(*header)) return true;
  common::refuse_client(socket);
  return false;
}

}  // namespace zomg::connection
