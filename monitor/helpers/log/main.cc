// zomg-ssh-log: writes the log. Whoever reads it (a container runtime, journald, a terminal) may stop
// to, and the disk that it is on may hang; then this process waits, and no other.
//
// Started by: the supervisor, as root, before all else; again when it has ended.
// Runs as:    the account in LogSettings, no capabilities, an empty read-only root, an empty network
//             namespace, seccomp allow-list (sandbox.cc).
// Descriptors: 0 the lines of the supervisor and the monitor, 1 those of all others, 2 the log, which
//             is the gateway's standard error, from a shelf (ipc/shelf.h), 3 the channel to the supervisor.
// Trusts:     nobody. Lines are bytes, which are passed on; those of other processes than the monitor
//             and the supervisor can neither silence nor delay those two.
// Dies:       when all that could say something have ended, and what they said is written.
#include <unistd.h>

#include "common/ipc/shelf.h"
#include "common/messages/log.h"
#include "common/program/run.h"
#include "monitor/helpers/log/sandbox.h"
#include "monitor/helpers/log/writer.h"

namespace {

using namespace zomg;

/// What stands at 2 is a shelf with the log (ipc/shelf.h).
common::Result<void> take_log() {
  auto files = ipc::take_from_shelf(STDERR_FILENO);
  if (!files) return files.error();
  if (!common::install_fd(files->front().get(), STDERR_FILENO)) return common::errno_error("dup2");
  return {};
}

common::Result<ipc::Channel> prepare(ipc::Channel supervisor, program::Place& place) {
  if (auto taken = take_log(); !taken) return taken.error();
  const auto settings = supervisor.receive_message<messages::LogSettings>();
  if (!settings) return settings.error().with_context("settings");
  place.account = {settings->uid, settings->gid};
  return supervisor;
}

common::Result<void> serve(ipc::Channel& supervisor) {
  if (auto told = supervisor.send(messages::LogReady{}); !told) return told;
  return log_writer::Writer(STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, std::move(supervisor))
      .run();
}

}  // namespace

int main() {
  return program::run(log_writer::kRow, prepare, serve);
}
