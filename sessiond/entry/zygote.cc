#include "sessiond/entry/zygote.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "common/base/log.h"
#include "common/messages/session.h"
#include "sessiond/entry/birth.h"

namespace zomg::sessiond {

common::Result<std::optional<ipc::Channel>> fork_sessions(ipc::Channel monitor) {
  while (true) {
    auto packet = monitor.receive();
    if (!packet) return packet.error();
    if (packet->closed()) return std::optional<ipc::Channel>();
    const auto request = ipc::decode<messages::ForkSession>(*packet);
    if (!request) return request.error();
    ipc::Channel session(std::move(packet->fds[0]));
    const pid_t pid = fork_sibling();
    if (pid == 0) return std::optional(std::move(session));
    if (pid < 0) log::error("{}", common::errno_error("fork a session").message);
    session.close();
    if (auto told = monitor.send(messages::SessionForked{pid > 0 ? pid : 0}); !told) {
      return told.error();
    }
  }
}

}  // namespace zomg::sessiond
