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

#include "common/program/run.h"
#include "listener/acceptor.h"
#include "listener/sandbox.h"

namespace {

using namespace zomg;

struct Work {
  ipc::Channel monitor;
  listener::Settings settings;
};

common::Result<Work> prepare(ipc::Channel monitor, program::Place& place) {
  auto settings = listener::receive_settings(monitor);
  if (!settings) return settings.error().with_context("settings");
  place.account = settings->account;
  return Work{std::move(monitor), std::move(*settings)};
}

common::Result<void> serve(Work& work) {
  auto children = listener::Children::make();
  if (!children) return children.error();
  return listener::Acceptor(std::move(work.monitor), std::move(work.settings), std::move(*children))
      .run();
}

}  // namespace

int main() {
  return program::run(listener::kRow, prepare, serve);
}
