// zomg-ssh-sessiond: one session in one box.
//
// Started by: the monitor, ahead of a session, from a sealed copy in memory. Starts as root with
//   the monitor's bounding set.
// Processes: this one, which supervises; one that goes into the box (entry_process.h) and is gone when the
//   user's program runs; the user's program, with the container's own confinement.
// Capabilities: CAP_KILL alone, under an account of its own, once it waits for the plan (seclusion.h).
// Descriptors: 3 the monitor's plan; the session's control socket to the connection process; the
//   pidfd of the box's first process.
// Trusts: the monitor, the kernel. Not: what the resolver claims of the box (box_process.h), nor
//   anything inside the box.
// Dies: when the program has ended, or is told by SIGTERM to hang it up.

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>

#include "common/base/log.h"
#include "common/sandbox/counted_apart.h"
#include "sessiond/container/blame.h"
#include "sessiond/entry/entry_process.h"
#include "sessiond/entry/seclusion.h"
#include "sessiond/entry/supervisor.h"

namespace {

using namespace zomg;
using common::Failure;
using common::Fd;
using common::Result;

/// The box that this process prepares for.
struct Target {
  sandbox::Account account;
  sessiond::EntryOptions options;
  std::optional<sessiond::BoxProcess> box;
  std::optional<sessiond::Cgroups> cgroups;
  std::optional<sessiond::Entry> entry;
  Fd processes;  ///< what the supervisor will look at
  Failure failure = Failure::kNone;
};

using sessiond::blame;
using sessiond::Step;

Failure failed(Failure failure, const common::Error& error) {
  log::error("{}", error.message);
  return failure;
}

/// Starts the entry process, unless it would be frozen with the box. From then on this process has
/// nothing of the host.
Failure start_entry(Target& target) {
  if (target.cgroups->frozen()) return Failure::kBoxFrozen;
  auto entry = sessiond::Entry::start(*target.box, *target.cgroups, target.options);
  if (!entry) return failed(blame(Step::kCgroupBirth, entry.error()), entry.error());
  target.entry.emplace(std::move(*entry));
  auto processes = sessiond::seclude(target.account);
  if (!processes) return failed(blame(Step::kSeclusion, processes.error()), processes.error());
  target.processes = std::move(*processes);
  return Failure::kNone;
}

/// Checks what is claimed of the box, and prepares to enter it.
Failure prepare(Target& target, const messages::SessionTarget& message, std::vector<Fd> fds) {
  Failure failure = Failure::kNone;
  auto box = sessiond::BoxProcess::check(std::move(fds[0]), message.box, failure);
  if (!box) return failed(failure, box.error().with_context("refused to enter"));
  target.box.emplace(std::move(*box));
  target.options.record = message.box.record;
  target.options.chroot_directory = message.chroot_directory.value;
  target.options.user = message.user;
  target.options.umask = message.box.umask;
  if (message.box.filtered) {
    auto filter = sessiond::SeccompFilter::read(fds[1].get(), message.box.filter_flags);
    if (!filter) return failed(Failure::kNotConfined, filter.error());
    target.options.filter.emplace(std::move(*filter));
  }
  auto cgroups = sessiond::Cgroups::of(*target.box);
  if (!cgroups) return failed(Failure::kNotConfined, cgroups.error());
  target.cgroups.emplace(std::move(*cgroups));
  return start_entry(target);
}

Result<Target> receive_target(const ipc::Channel& monitor) {
  std::vector<Fd> fds;
  auto message = monitor.receive_message<messages::SessionTarget>(&fds);
  if (!message) return message.error();
  if (fds.size() != (message->box.filtered ? 2 : 1)) {
    return common::error("a target with {} descriptors", fds.size());
  }
  Target target;
  target.account = {message->uid, message->gid};
  target.failure = prepare(target, *message, std::move(fds));
  return target;
}

/// The signal by which the monitor ends this session, blocked and readable.
Result<Fd> open_stop_signal() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &stop, nullptr);
  Fd fd(::signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return common::errno_error("signalfd");
  return fd;
}

/// Waits for the plan; false when none will come.
bool await_plan(const ipc::Channel& monitor, int stop) {
  std::array<pollfd, 2> events{{{monitor.fd(), POLLIN, 0}, {stop, POLLIN, 0}}};
  while (::poll(events.data(), events.size(), -1) < 0) CHECK(errno == EINTR);
  return events[1].revents == 0;
}

/// Whether another way into the box may do where this one did not: where it is the gateway that
/// cannot enter boxes on this node, or such as this. What a box can bring about leads nowhere else,
/// or it would choose the way that its users come in, past what holds on this one.
bool is_not_entered(Failure failure) {
  return failure == Failure::kNotAContainer || failure == Failure::kEnterFailed ||
         failure == Failure::kNotConfined;
}

/// Whether the connection process has ended, with its client: nobody wants this session.
bool is_gone(const ipc::Channel& control) {
  pollfd entry{control.fd(), 0, 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLHUP) != 0;
}

/// Tells that there will be no program: the monitor, when there may be another way and the
/// connection process knows nothing yet; else, and where the monitor has gone, that process, and
/// the monitor for the record.
Result<void> give_up(const ipc::Channel& monitor, const ipc::Channel& control, Failure failure,
                     bool handed_over = false) {
  if (is_gone(control)) {
    log::info("the client left before its session began");
    return {};
  }
  if (!handed_over && is_not_entered(failure) &&
      monitor.send(messages::SessionNotEntered{failure})) {
    return {};
  }
  (void)monitor.send(messages::SessionFailed{failure}).has_value();
  (void)control.send(messages::SessionFailed{failure}).has_value();  // its end is no fault of ours
  return {};
}

Result<void> serve(Target& target, ipc::Channel monitor, ipc::Packet packet, int stop) {
  auto plan = ipc::decode<messages::SessionPlan>(packet.bytes);
  if (!plan) return plan.error();
  if (packet.fds.size() != 2) return common::error("a plan with {} descriptors", packet.fds.size());
  ipc::Channel control(std::move(packet.fds[0]));
  Fd environment = std::move(packet.fds[1]);
  // It may have been frozen, or thawed, since it was prepared for.
  if (target.failure == Failure::kBoxFrozen) target.failure = start_entry(target);
  if (target.failure == Failure::kNone && target.cgroups->frozen()) {
    target.failure = Failure::kBoxFrozen;
  }
  if (target.failure != Failure::kNone) {
    return give_up(monitor, control, target.failure);
  }
  auto sent = target.entry->go(*plan, control.fd(), environment.get());
  if (!sent) {
    // The entry process died before its time, as the box may have.
    return give_up(monitor, control,
                   target.box->alive() ? Failure::kBoxHindered : Failure::kBoxStopped);
  }
  Failure failure = Failure::kNone;
  auto program = target.entry->await_program(failure);
  if (!program) {
    if (!is_gone(control)) log::warning("{}", program.error().message);
    if (target.cgroups->frozen()) failure = Failure::kBoxFrozen;
    if (!target.box->alive()) failure = Failure::kBoxStopped;
    // First: an entry process that cannot end is waited for a while.
    auto told = give_up(monitor, control, failure, target.entry->handed_over());
    target.entry->finish();
    return told;
  }
  target.entry->finish();
  (void)monitor.send(messages::SessionEntered{}).has_value();
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, *program, 0)));
  auto ready = pidfd ? Result<void>() : common::errno_error("pidfd_open");
  sessiond::Supervisor supervisor(*program, std::move(pidfd), target.entry->take_terminal_master(),
                                  std::move(control), std::move(monitor), target.box->take_pidfd(),
                                  std::move(target.processes), stop);
  // The way in leads to the host's files, too: from the /proc directory of the box by `..`.
  target.entry.reset();
  target.cgroups.reset();
  target.box.reset();
  environment.reset();
  if (ready) ready = supervisor.enter_sandbox();
  if (!ready) {
    supervisor.abandon();
    return ready;
  }
  supervisor.run();
  return {};
}

Result<void> run() {
  sandbox::count_apart();
  if (auto forbidden = sandbox::forbid_tracing(); !forbidden) return forbidden;
  auto stop = open_stop_signal();
  if (!stop) return stop.error();
  ipc::Channel monitor{Fd(common::kChannelFd)};
  auto target = receive_target(monitor);
  if (!target) return target.error();
  if (!await_plan(monitor, stop->get())) return {};
  auto packet = monitor.receive();
  if (!packet) return packet.error();
  if (packet->closed()) return {};
  return serve(*target, std::move(monitor), std::move(*packet), stop->get());
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
  return EXIT_SUCCESS;
}
