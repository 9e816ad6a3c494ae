// zomg-ssh-sessiond: the sessions of one connection in one box.
//
// Started by: the monitor, once a user has logged in, from a sealed copy in memory. Starts as root with
//   the monitor's bounding set.
// Processes: this one, from which the others are forked (zygote.h). For each session, a child of the
//   monitor: one that supervises; one that goes into the box (entry_process.h) and is gone when the user's
//   program runs; and that program, with the container's own confinement.
// Capabilities: of the first the monitor's bounding set. Of a supervisor CAP_KILL alone, under an account
//   of its own, once it waits for the plan (seclusion.h).
// Descriptors: 3 the monitor's requests; of a session its channel to the monitor, the control socket to
//   the connection process; the pidfd of the box's first process.
// Trusts: the monitor, the kernel. Not: what the resolver claims of the box (box_process.h), nor
//   anything inside the box.
// Dies: when the monitor closes its channel; a session's, when the program has ended, or is told by
//   SIGTERM to hang it up.

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>

#include "common/base/child.h"
#include "common/base/log.h"
#include "common/sandbox/counted_apart.h"
#include "sessiond/entry/session.h"
#include "sessiond/entry/target.h"
#include "sessiond/entry/zygote.h"

namespace {

using namespace zomg;
using common::Result;

/// By which the monitor ends a session: it is waited for, as soon as there is one.
void block_stop_signal() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &stop, nullptr);
}

Result<void> run() {
  sandbox::count_apart();
  if (auto forbidden = sandbox::forbid_tracing(); !forbidden) return forbidden;
  block_stop_signal();
  ipc::Channel monitor{common::Fd(common::kChannelFd)};
  auto target = sessiond::receive_target(monitor);
  if (!target) return target.error();
  auto session = sessiond::fork_sessions(std::move(monitor));
  if (!session) return session.error();
  if (!*session) return {};
  return sessiond::run_session(std::move(*target), std::move(**session));
}

}  // namespace

int main() {
  // Started by descriptor, it would be called by the descriptor's number.
  ::prctl(PR_SET_NAME, "zomg-ssh-sessiond");
  log::start("zomg-ssh-sessiond", log::Level::kInfo);
  if (auto done = run(); !done) {
    log::error("{}", done.error().message);
    return EXIT_FAILURE;
  }
#ifndef ZOMG_SANITIZED  // which looks for leaks then
  // What exit(3) writes to shares its pages with other sessions, and would be copied for that.
  ::_exit(EXIT_SUCCESS);
#endif
  return EXIT_SUCCESS;
}
