// zomg-ssh-connection: serves one SSH client.
//
// Started by  the listener, with fork and exec, once for each TCP connection that it accepted.
// Runs as     the listener's user id, without capabilities, in the listener's empty root and network
//             namespace, under the listener's seccomp filter and then a tighter one of its own.
// Has         fd 0 the client's TCP socket, 1 and 2 /dev/null, 3 the IPC channel to the monitor;
//             later the terminals, pipes and control sockets of its sessions.
// Trusts      the monitor, and the kinds of what sessiond sends, which it checks. Nothing of the
//             client's. It holds no secret but this connection's session keys.
// Dies        when the client goes, when login takes too long or fails too often, or when the
//             monitor goes before the login. A system call outside the filter kills it.

#include <unistd.h>

#include "common/program/run.h"
#include "listener/connection/connection.h"
#include "listener/connection/requests/proxy_peer.h"
#include "listener/connection/sandbox.h"

namespace {

using namespace zomg;

/// It has no privilege to use.
common::Result<connection::MonitorLink> prepare(ipc::Channel monitor, program::Place& /*place*/) {
  return connection::MonitorLink(std::move(monitor));
}

/// Its log leads nowhere: what is worth it goes to the monitor as a Report.
common::Result<void> serve(connection::MonitorLink& monitor) {
  const auto welcome = monitor.receive_welcome();
  if (!welcome) return welcome.error();
  common::Fd client(STDIN_FILENO);
  if (welcome->rules.proxied && !connection::take_proxy_header(client.get(), monitor)) return {};
  connection::Connection connection(monitor, welcome->rules, welcome->banner.value);
  const connection::ssh::KeyExchangeParts parts{welcome->host_public_key, welcome->kexinit_cookie};
  if (connection.serve(std::move(client), parts)) return {};
  return common::error("the connection broke");
}

}  // namespace

int main() {
  return program::run(connection::kRow, prepare, serve);
}
