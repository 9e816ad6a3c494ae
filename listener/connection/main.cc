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

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

#include "common/base/child.h"
#include "common/base/log.h"
#include "listener/connection/connection.h"
#include "listener/connection/requests/proxy_peer.h"
#include "listener/connection/sandbox.h"

int main() {
  using namespace zomg;
  // Started by descriptor, the name would be a number.
  ::prctl(PR_SET_NAME, "zomg-ssh-conn");
  log::start("zomg-ssh-connection", log::Level::kInfo);
  connection::MonitorLink monitor{ipc::Channel(common::Fd(common::kChannelFd))};
  std::signal(SIGPIPE, SIG_IGN);
  // Sessions are told to end by their own processes, and the client has to read why.
  for (const int stop : {SIGINT, SIGTERM, SIGHUP}) std::signal(stop, SIG_IGN);
  if (auto entered = connection::enter_sandbox(); !entered) {
    log::error("sandbox: {}", entered.error().message);
    return 1;
  }
  // From here on nothing is logged: what is worth it goes to the monitor as a Report.
  const auto welcome = monitor.receive_welcome();
  if (!welcome) return 1;
  common::Fd client(STDIN_FILENO);
  if (welcome->rules.proxied && !connection::take_proxy_header(client.get(), monitor)) return 0;
  connection::Connection connection(monitor, welcome->rules, welcome->banner.value);
  const connection::ssh::KeyExchangeParts parts{welcome->host_public_key, welcome->kexinit_cookie};
  return connection.serve(std::move(client), parts) ? 0 : 1;
}
