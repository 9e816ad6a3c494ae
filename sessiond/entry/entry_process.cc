#include "sessiond/entry/entry_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "common/base/io/deadline.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/reaping.h"
#include "sessiond/entry/birth.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using common::Result;
using Clock = std::chrono::steady_clock;

bool is_child(pid_t pid) {
  siginfo_t info{};
  return pid > 0 &&
         ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void finish(common::Child& child) {
  pollfd ended{child.pidfd(), POLLIN, 0};
  if (::poll(&ended, 1, static_cast<int>(limits::kEntryEndTimeout.count())) <= 0) {
    log::warning("the entry process does not end: is the box frozen?");
    return;
  }
  if (auto status = child.wait(); !status) log::error("{}", status.error().message);
}

/// The program, as the entry process reports it: the pid of a child of ours.
Result<pid_t> program_of(const EntryReport& report) {
  if (report.failure != Failure::kNone) {
    return common::error("{}", sentence(report.failure)).as(report.failure);
  }
  if (!is_child(report.pid)) {
    return common::error("the entry process named a process that is no child of ours");
  }
  return report.pid;
}

/// Why the program was not executed; kNone if it was. It may be in the box already, so its word is
/// taken for nothing else.
Failure read_program_failure(int pipe) {
  std::uint32_t code = 0;
  const ssize_t got = ::read(pipe, &code, sizeof(code));
  if (got == 0) return Failure::kNone;
  const bool known = got == sizeof(code) && code != static_cast<std::uint32_t>(Failure::kNone) &&
                     code <= static_cast<std::uint32_t>(Failure::kMaxValue);
  return known ? static_cast<Failure>(code) : Failure::kBoxHindered;
}

}  // namespace

Result<Entry> Entry::start(const BoxProcess& box, const Cgroups& cgroups,
                           const EntryOptions& options) {
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  auto failures = common::make_pipe();
  if (!failures) return failures.error();
  // Where it has to be in cgroups of v1 ahead of time, it is in all.
  const auto unified = cgroups.only_unified() ? common::Fd() : cgroups.open_unified();
  if (!unified) return unified.error();
  auto child = common::fork_child(unified->get());
  if (!child) return child.error();
  if (!*child) {
    ends->first.reset();
    failures->first.reset();
    enter_box(box, cgroups, options, ipc::Channel(std::move(ends->second)),
              std::move(failures->second));
  }
  return Entry(std::move(*child), ipc::Channel(std::move(ends->first)), std::move(failures->first));
}

Result<void> Entry::go(const messages::SessionPlan& plan, int control, int environment) const {
  return channel_.send(plan, {control, environment});
}

Result<pid_t> Entry::await_program() {
  const auto deadline = Clock::now() + limits::kEntryTimeout;
  pid_t pid = 0;
  while (true) {
    // First who it is, then, on the pipe that its exec closes, what became of it.
    pollfd event{pid > 0 ? program_failure_.get() : channel_.fd(), POLLIN, 0};
    const int left = common::milliseconds_until(deadline);
    if (left == 0) return common::error("the box was not entered in time");
    if (::poll(&event, 1, left) <= 0) continue;
    if (pid > 0) break;
    auto packet = channel_.receive();
    if (!packet) return packet.error();
    if (!terminal_master_ && ipc::decode<EntryTerminal>(*packet)) {
      terminal_master_ = std::move(packet->fds[0]);
      continue;
    }
    if (const auto born = ipc::decode<EntryBorn>(*packet); born && !born_) {
      // Who enters in the place of the process that waited.
      auto child = common::adopt(born->pid);
      if (!child) return child.error().with_context("the entry process");
      born_ = std::move(*child);
      continue;
    }
    const auto report = ipc::decode<EntryReport>(*packet);
    if (!report) return report.error().with_context("the entry process");
    handed_over_ = report->handed_over;
    auto program = program_of(*report);
    if (!program) return program;
    pid = *program;
  }
  const Failure failure = read_program_failure(program_failure_.get());
  if (failure != Failure::kNone) return common::error("{}", sentence(failure)).as(failure);
  return pid;
}

void Entry::finish() {
  child_.kill(SIGKILL);
  born_.kill(SIGKILL);
  channel_.close();
  sessiond::finish(child_);
  if (born_) sessiond::finish(born_);
}

}  // namespace zomg::sessiond
