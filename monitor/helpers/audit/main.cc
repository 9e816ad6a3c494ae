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
#include "common/messages/event.h"
#include "common/program/run.h"
#include "monitor/helpers/audit/sandbox.h"
#include "monitor/helpers/audit/trail.h"

namespace {

using namespace zomg;

common::Result<ipc::Channel> prepare(ipc::Channel monitor, program::Place& place) {
  const auto settings = monitor.receive_message<messages::ObserverSettings>();
  if (!settings) return settings.error().with_context("settings");
  place.account = {settings->uid, settings->gid};
  return monitor;
}

common::Result<void> serve(ipc::Channel& monitor) {
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
  return program::run(audit::kRow, prepare, serve);
}
