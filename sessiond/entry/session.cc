#include "sessiond/entry/session.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "common/base/io/signals.h"
#include "common/base/log.h"
#include "common/base/uninterrupted.h"
#include "common/sandbox/counted_apart.h"
#include "sessiond/container/blame.h"
#include "sessiond/entry/entry_process.h"
#include "sessiond/entry/supervisor.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using common::Fd;
using common::Result;

/// Starts the entry process, unless it would be frozen with the box. From then on this process has
/// nothing of the host.
Failure start_entry(Target& target, std::optional<Entry>& entry) {
  if (target.cgroups->frozen()) return Failure::kBoxFrozen;
  auto started = Entry::start(*target.box, *target.cgroups, target.options);
  if (!started) return failed(blamed(Step::kEntry, started.error()));
  entry.emplace(std::move(*started));
  if (auto entered = target.seclusion->enter(target.account); !entered) {
    return failed(blamed(Step::kSeclusion, entered.error()));
  }
  return Failure::kNone;
}

/// Waits for the plan; false when none will come.
bool await_plan(const ipc::Channel& monitor, int stop) {
  std::array<pollfd, 2> events{{{monitor.fd(), POLLIN, 0}, {stop, POLLIN, 0}}};
  CHECK(common::uninterrupted([&] { return ::poll(events.data(), events.size(), -1); }) > 0);
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

Result<void> serve(Target& target, std::optional<Entry> entry, ipc::Channel monitor,
                   ipc::Packet packet, int stop) {
  auto plan = ipc::decode<messages::SessionPlan>(packet);
  if (!plan) return plan.error();
  ipc::Channel control(std::move(packet.fds[0]));
  Fd environment = std::move(packet.fds[1]);
  // It may have been frozen, or thawed, since it was prepared for.
  if (target.failure == Failure::kBoxFrozen) target.failure = start_entry(target, entry);
  if (target.failure == Failure::kNone && target.cgroups->frozen()) {
    target.failure = Failure::kBoxFrozen;
  }
  if (target.failure != Failure::kNone) {
    return give_up(monitor, control, target.failure);
  }
  auto sent = entry->go(*plan, control.fd(), environment.get());
  if (!sent) {
    // The entry process died before its time, as the box may have.
    return give_up(monitor, control,
                   target.box->alive() ? Failure::kBoxHindered : Failure::kBoxStopped);
  }
  auto program = entry->await_program();
  if (!program) {
    Failure failure = told(program.error());
    if (!is_gone(control)) log::warning("{}", program.error().message);
    if (target.cgroups->frozen()) failure = Failure::kBoxFrozen;
    if (!target.box->alive()) failure = Failure::kBoxStopped;
    // First: an entry process that cannot end is waited for a while.
    auto told = give_up(monitor, control, failure, entry->handed_over());
    entry->finish();
    return told;
  }
  entry->finish();
  (void)monitor.send(messages::SessionEntered{}).has_value();
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, *program, 0)));
  auto ready = pidfd ? Result<void>() : common::errno_error("pidfd_open");
  Supervisor supervisor(*program, std::move(pidfd), entry->take_terminal_master(),
                        std::move(control), std::move(monitor), target.box->take_pidfd(),
                        target.seclusion->take_processes(), stop);
  // The way in leads to the host's files, too: from the /proc directory of the box by `..`.
  entry.reset();
  target.cgroups.reset();
  target.box.reset();
  environment.reset();
  if (ready) ready = supervisor.enter_sandbox(*target.filter);
  if (!ready) {
    supervisor.abandon();
    return ready;
  }
  supervisor.run();
  return {};
}

}  // namespace

Result<void> run_session(Target target, ipc::Channel monitor) {
  // A number of its own, as there is one for each of a box's users to find out.
  sandbox::count_apart();
  // By which the monitor ends this session.
  auto stop = common::open_signals({SIGTERM});
  if (!stop) return stop.error();
  std::optional<Entry> entry;
  if (target.failure == Failure::kNone) target.failure = start_entry(target, entry);
  if (!await_plan(monitor, stop->get())) return {};
  auto packet = monitor.receive();
  if (!packet) return packet.error();
  if (packet->closed()) return {};
  return serve(target, std::move(entry), std::move(monitor), std::move(*packet), stop->get());
}

}  // namespace zomg::sessiond
