// zomg-ssh-listener: accepts TCP connections and starts zomg-ssh-connection for each.
//
// Started by  the monitor, as root, with an empty environment.
// Runs as     a user id of its own, in the gateway's group, from before the first connection on: no
//             capabilities, an empty read-only root, an empty network namespace, a seccomp filter.
// Has         fd 1 /dev/null, 2 the log, 3 the IPC channel to the monitor; then the listening
//             sockets, the program zomg-ssh-connection, and a pidfd for each connection.
// Trusts      the monitor. Reads nothing that clients send.
// Dies        when the monitor goes: the port closes at once, connections live on; and to be started
//             anew as another user, when it is refused processes that its own do not account for.

#include <sys/prctl.h>

#include <csignal>

#include "common/base/child.h"
#include "common/base/log.h"
#include "listener/acceptor.h"
#include "listener/sandbox.h"

int main() {
  using namespace zomg;
  // Started by descriptor, the name would be a number.
  ::prctl(PR_SET_NAME, "zomg-ssh-listen");
  log::start("zomg-ssh-listener", log::Level::kInfo);
  ipc::Channel monitor{common::Fd(common::kChannelFd)};
  auto settings = listener::receive_settings(monitor);
  if (!settings) {
    log::error("settings: {}", settings.error().message);
    return 1;
  }
  if (auto entered = listener::enter_sandbox(settings->account); !entered) {
    log::error("sandbox: {}", entered.error().message);
    return 1;
  }
  std::signal(SIGPIPE, SIG_IGN);
  auto children = listener::Children::make();
  if (!children) {
    log::error("{}", children.error().message);
    return 1;
  }
  listener::Acceptor acceptor(std::move(monitor), std::move(*settings), std::move(*children));
  if (auto ran = acceptor.run(); !ran) {
    log::error("{}", ran.error().message);
    return 1;
  }
  return 0;
}
