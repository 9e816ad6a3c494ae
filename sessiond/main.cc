// zomg-ssh-sessiond: one session in one box.
//
// Started by: the monitor, ahead of a session, from a sealed copy in memory. Starts as root with
// the
//   monitor's bounding set.
// Processes: this one, which supervises; one that goes into the box (entry.h) and is gone when the
//   user's program runs; the user's program, with the container's own confinement.
// Capabilities: CAP_KILL alone, under an account of its own, once the program runs (supervisor.h).
// Descriptors: 3 the monitor's plan; the session's control socket to the connection process; the
//   pidfd of the box's first process.
// Trusts: the monitor, the kernel. Not: what the resolver claims of the box (box_process.h), nor
//   anything inside the box.
// Dies: when the program has ended, or is told by SIGTERM to hang it up.

#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>

#include "common/limits.h"
#include "common/log.h"
#include "sessiond/entry.h"
#include "sessiond/host_view.h"
#include "sessiond/supervisor.h"

namespace {

using namespace zomg;
using common::Failure;
using common::Fd;
using common::Result;

/// The box that this process prepares for.
struct Target {
  sandbox::Account account;
  std::optional<sessiond::BoxProcess> box;
  std::optional<sessiond::Entry> entry;
  Failure failure = Failure::kNone;
};

Result<Target> receive_target(const ipc::Channel& monitor) {
  std::vector<Fd> fds;
  auto message = monitor.receive_message<messages::SessionTarget>(&fds);
  if (!message) return message.error();
  if (fds.size() != 1) return common::error("a target with {} descriptors", fds.size());
  Target target{{message->uid, message->gid}, {}, {}, Failure::kNone};
  auto box = sessiond::BoxProcess::check(std::move(fds[0]), message->box);
  if (!box) {
    log::error("refused to enter: {}", box.error().message);
    target.failure = Failure::kNotAContainer;
    return target;
  }
  target.box.emplace(std::move(*box));
  // Only now: the check was also that the box is not the pod that the gateway itself is.
  if (auto entered = sessiond::enter_host_view(); !entered) {
    log::error("{}", entered.error().message);
    target.failure = Failure::kEnterFailed;
    return target;
  }
  auto entry = sessiond::Entry::start(*target.box, message->chroot_directory.value);
  if (!entry) {
    log::error("{}", entry.error().message);
    target.failure = Failure::kEnterFailed;
    return target;
  }
  target.entry.emplace(std::move(*entry));
  return target;
}

/// Waits until the program runs. Its pid, or why there is none.
Result<pid_t> await_program(const sessiond::Entry& entry, Failure& failure) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + limits::kEntryTimeout;
  pid_t pid = 0;
  failure = Failure::kEnterFailed;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd event{entry.channel().fd(), POLLIN, 0};
    if (left.count() <= 0) return common::error("the box was not entered in time");
    if (::poll(&event, 1, static_cast<int>(left.count())) <= 0) continue;
    auto packet = entry.channel().receive();
    if (!packet) return packet.error();
    if (packet->closed() && pid > 0) return pid;
    if (packet->closed()) return common::error("the entry process died");
    auto report = ipc::decode<sessiond::EntryReport>(packet->bytes);
    if (!report) return report.error();
    if (report->failure != Failure::kNone) {
      failure = report->failure;
      return common::error("{}", sentence(failure));
    }
    pid = report->pid;
  }
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

Result<void> serve(Target& target, ipc::Packet packet, int stop) {
  auto plan = ipc::decode<messages::SessionPlan>(packet.bytes);
  if (!plan) return plan.error();
  if (packet.fds.size() != 2) return common::error("a plan with {} descriptors", packet.fds.size());
  ipc::Channel control(std::move(packet.fds[0]));
  const Fd environment = std::move(packet.fds[1]);
  if (target.failure != Failure::kNone) {
    return control.send(messages::SessionFailed{target.failure});
  }
  auto sent = target.entry->go(*plan, control.fd(), environment.get());
  if (!sent) {
    // The entry process died before its time, as the box did.
    return control.send(messages::SessionFailed{target.box->alive() ? Failure::kEnterFailed
                                                                    : Failure::kBoxStopped});
  }
  Failure failure = Failure::kNone;
  auto program = await_program(*target.entry, failure);
  target.entry->finish();
  if (!program) {
    log::warning("{}", program.error().message);
    return control.send(messages::SessionFailed{failure});
  }
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, *program, 0)));
  if (!pidfd) return common::errno_error("pidfd_open");
  sessiond::Supervisor supervisor(*program, std::move(pidfd), std::move(control),
                                  target.box->pidfd(), stop);
  if (auto sandboxed = supervisor.enter_sandbox(target.account); !sandboxed) return sandboxed;
  supervisor.run();
  return {};
}

Result<void> run() {
  if (auto forbidden = sandbox::forbid_tracing(); !forbidden) return forbidden;
  auto stop = open_stop_signal();
  if (!stop) return stop.error();
  const ipc::Channel monitor{Fd(common::kChannelFd)};
  auto target = receive_target(monitor);
  if (!target) return target.error();
  if (!await_plan(monitor, stop->get())) return {};
  auto packet = monitor.receive();
  if (!packet) return packet.error();
  if (packet->closed()) return {};
  return serve(*target, std::move(*packet), stop->get());
}

}  // namespace

int main() {
  log::start("zomg-ssh-sessiond", log::Level::kInfo);
  if (auto done = run(); !done) {
    log::error("{}", done.error().message);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
