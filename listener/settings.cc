#include "listener/settings.h"

#include "common/base/limits.h"
#include "common/messages/listener.h"

namespace zomg::listener {

common::Result<Settings> receive_settings(const ipc::Channel& monitor) {
  std::vector<common::Fd> fds;
  const auto message = monitor.receive_message<messages::ListenerSettings>(&fds);
  if (!message) return message.error();
  if (message->socket_count == 0 || message->socket_count > limits::kMaxListenAddresses) {
    return common::error("settings without sockets, or with too many");
  }
  Settings settings;
  settings.account = {message->uid, message->gid};
  settings.connection_program = std::move(fds[0]);
  for (std::uint32_t i = 0; i < message->socket_count; ++i) {
    fds.clear();
    const auto listen_on = monitor.receive_message<messages::ListenOn>(&fds);
    if (!listen_on) return listen_on.error();
    if (listen_on->index != i) return common::error("a socket is missing");
    if (auto set = common::set_nonblocking(fds[0].get(), true); !set) return set.error();
    settings.sockets.push_back(std::move(fds[0]));
  }
  return settings;
}

}  // namespace zomg::listener
