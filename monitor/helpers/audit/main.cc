// zomg-ssh-audit: writes the audit trail, one JSON object a line.
//
// Started by: the monitor, as root, once; again when it has ended.
// Runs as:    the account in ObserverSettings, no capabilities, an empty read-only root, an empty
//             network namespace, seccomp allow-list (sandbox.cc).
// Descriptors: 0 and 1 /dev/null, 2 the log, 3 the channel to the monitor; the output that came
//             over it.
// Trusts:     the monitor, as far as the types of its messages say. The names in events are other
//             people's text, and only ever written escaped.
// Dies:       with 0 when the monitor closes the channel and all that it sent is written; with 1
//             when it breaks the contract or the sandbox cannot be had.
#include <signal.h>
#include <sys/prctl.h>

#include "common/base/child.h"
#include "common/base/log.h"
#include "common/messages/event.h"
#include "monitor/helpers/audit/sandbox.h"
#include "monitor/helpers/audit/trail.h"

namespace {

using namespace zomg;

common::Result<void> run() {
  const ipc::Channel monitor{common::Fd(common::kChannelFd)};
  const auto settings = monitor.receive_message<messages::ObserverSettings>();
  if (!settings) return settings.error().with_context("settings");
  if (auto entered = audit::enter_sandbox({settings->uid, settings->gid}); !entered) {
    return entered.error().with_context("sandbox");
  }
  audit::Trail trail;
  while (true) {
    auto packet = monitor.receive();
    if (!packet) return packet.error();
    if (packet->closed()) return {};
    if (auto handled = trail.handle(std::move(*packet)); !handled) return handled;
  }
}

}  // namespace

int main() {
  // Started by descriptor, it would be called by the descriptor's number.
  ::prctl(PR_SET_NAME, "zomg-ssh-audit");
  log::start("zomg-ssh-audit", log::Level::kInfo);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a file at its greatest size is as a full disk
  // What ends the gateway is still to be written down.
  for (const int stop : {SIGINT, SIGTERM, SIGHUP}) ::signal(stop, SIG_IGN);
  if (auto ran = run(); !ran) {
    log::error("{}", ran.error().message);
    return 1;
  }
  return 0;
}
