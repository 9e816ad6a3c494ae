#include "monitor/supervisor/inherited_sockets.h"

#include "common/messages/supervisor.h"
#include "monitor/supervisor/listening.h"

namespace zomg::monitor {
namespace {

using common::Fd;
using common::Result;
using messages::SocketUse;

Result<ListeningSockets> receive_kept(const ipc::Channel& supervisor) {
  const auto inheritance = supervisor.receive_message<messages::Inheritance>();
  if (!inheritance) return inheritance.error().with_context("the supervisor");
  ListeningSockets sockets;
  for (std::uint32_t i = 0; i < inheritance->socket_count; ++i) {
    std::vector<Fd> fds;
    const auto socket = supervisor.receive_message<messages::KeptSocket>(&fds);
    if (!socket) return socket.error().with_context("the supervisor");
    auto& place = socket->use == SocketUse::kSsh ? sockets.ssh : sockets.metrics;
    place.push_back(std::move(fds[0]));
  }
  return sockets;
}

Result<std::vector<Fd>> bind_and_keep(const ipc::Channel& supervisor, SocketUse use,
                                      const std::vector<ListenAddress>& addresses,
                                      std::string_view setting) {
  auto sockets = listen_on(addresses, setting);
  if (!sockets) return sockets.error();
  for (const Fd& socket : *sockets) {
    if (auto sent = supervisor.send(messages::KeptSocket{use}, {socket.get()}); !sent) {
      return sent.error().with_context("the supervisor");
    }
  }
  return sockets;
}

}  // namespace

Result<ListeningSockets> find_sockets(const ipc::Channel& supervisor, const Settings& settings) {
  auto sockets = receive_kept(supervisor);
  if (!sockets) return sockets.error();
  if (sockets->ssh.empty()) {
    auto bound = bind_and_keep(supervisor, SocketUse::kSsh, settings.listen, "ZOMG_SSH_LISTEN");
    if (!bound) return bound.error();
    sockets->ssh = std::move(*bound);
  }
  if (sockets->metrics.empty()) {
    auto bound = bind_and_keep(supervisor, SocketUse::kMetrics, settings.metrics_listen,
                               "ZOMG_SSH_METRICS_LISTEN");
    if (!bound) return bound.error();
    sockets->metrics = std::move(*bound);
  }
  return sockets;
}

}  // namespace zomg::monitor
