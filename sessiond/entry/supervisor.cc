#include "sessiond/entry/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/io/deadline.h"
#include "common/base/io/signals.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/reaping.h"
#include "common/base/uninterrupted.h"
#include "common/messages/session.h"
#include "common/sandbox/resource_limit.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using common::Result;

/// Between the end of the box's first process and that of the program: the kernel kills the rest of
/// a pid namespace at once, but the runtime may need a moment where the namespace is the host's.
constexpr std::chrono::milliseconds kBoxEndGrace{1000};
/// Between the loss of the client and our own SIGHUP, for what does not end as its terminal does.
constexpr std::chrono::milliseconds kTerminalGrace{1000};
/// A process may fork while the others are read.
constexpr int kAbandonPasses = 3;
/// How long a killed program's end waits for the news that its box ended, to tell the two apart.
constexpr int kBoxEndNewsMs = 200;

using sandbox::arg;

constexpr auto kChannelCalls =
    std::to_array<sandbox::Call>({"recvmsg", "recvfrom", "sendmsg", "poll", "ppoll", "read"});
constexpr auto kProgramCalls = std::to_array<sandbox::Call>({
    "waitid",
    {"kill", arg(0) == sandbox::PreparedFilter::kTold},  // the program's process group
    {"pidfd_send_signal", arg(1) == SIGHUP},  // to who is of the session, by its /proc directory
    {"pidfd_send_signal", arg(1) == SIGCONT},
    {"pidfd_send_signal", arg(1) == SIGKILL},
});
constexpr auto kProcCalls = std::to_array<sandbox::Call>({
    {"openat", (arg(2) & (O_ACCMODE | O_CREAT)) == O_RDONLY},
    "newfstatat",
    "fstat",
    "getdents64",
    {"fcntl", arg(1) == F_GETFL},
    {"fcntl", arg(1) == F_SETFD},
    "lseek",
});

/// The standard three, two channels, two pidfds, two signalfds, a terminal, the list of processes, and
/// what is open while it is read.
constexpr rlim_t kMaxDescriptors = 32;
constexpr std::pair<__rlimit_resource_t, rlim_t> kBounds[]{
    {RLIMIT_NPROC, 0},
    {RLIMIT_NOFILE, kMaxDescriptors},
    {RLIMIT_MEMLOCK, 0},
#ifndef ZOMG_SANITIZED  // which maps terabytes, and writes its report to a log that may be a file
    {RLIMIT_AS, 64UL * 1024 * 1024},  // it is 3 MiB large
    {RLIMIT_FSIZE, 0},
#endif
};

/// Nothing where it cannot be had: then enter_sandbox() fails.
common::Fd open_child_signal() {
  auto ended = common::open_signals({SIGCHLD});
  return ended ? std::move(*ended) : common::Fd();
}

bool is_readable(int fd, int timeout_ms) {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, timeout_ms) > 0;
}

}  // namespace

Supervisor::Supervisor(pid_t program, common::Fd program_pidfd, common::Fd terminal,
                       ipc::Channel control, ipc::Channel monitor, common::Fd box,
                       common::Fd processes, int stop)
    : processes_(std::move(processes)),
      program_(program),
      program_pidfd_(std::move(program_pidfd)),
      terminal_(std::move(terminal)),
      control_(std::move(control)),
      monitor_(std::move(monitor)),
      box_(std::move(box)),
      stop_(stop),
      children_(open_child_signal()),
      hangup_(processes_.get(), program, static_cast<bool>(terminal_)) {}

Result<sandbox::PreparedFilter> Supervisor::prepare_filter() {
  return sandbox::PreparedFilter::make(std::array{
      sandbox::kRuntime,
      sandbox::SyscallSet{"control socket, signalfd and pidfds", kChannelCalls},
      sandbox::SyscallSet{"signals to the program and its end", kProgramCalls},
      sandbox::SyscallSet{"who of the session is left, from /proc", kProcCalls},
  });
}

Result<void> Supervisor::enter_sandbox(const sandbox::PreparedFilter& filter) {
  if (!children_) return common::error("there is no news of children");
  for (const auto& [resource, bound] : kBounds) {
    if (auto limited = sandbox::limit(resource, bound); !limited) return limited;
  }
  return filter.load(-program_);
}

template <ipc::Message Ending>
void Supervisor::tell(const Ending& ending) {
  // Either of them may be gone.
  (void)monitor_.send(ending).has_value();
  if (control_) (void)control_.send(ending).has_value();
}

void Supervisor::abandon() {
  // Its own group, which it has made; then all that has gone from there.
  ::kill(-program_, SIGKILL);
  for (int pass = 0; pass < kAbandonPasses; ++pass) hangup_.kill_all();
  tell(messages::SessionFailed{Failure::kGatewayFailed});
}

void Supervisor::run() {
  while (!done_) {
    std::array<pollfd, 5> events{{
        {program_ended_ ? -1 : program_pidfd_.get(), POLLIN, 0},
        {control_ ? control_.fd() : -1, POLLIN, 0},
        {box_ended_ ? -1 : box_.get(), POLLIN, 0},
        {stopping_ ? -1 : stop_, POLLIN, 0},
        {children_.get(), POLLIN, 0},
    }};
    CHECK(common::poll_events(events, timeout_ms()) >= 0);
    // The box first: its end is why the program ended.
    if (events[2].revents != 0) on_box_end();
    if (events[0].revents != 0) on_program_end();
    if (done_) break;
    if (events[1].revents != 0) on_control();
    if (events[3].revents != 0) on_stop();
    if (events[4].revents != 0 || to_reap_) on_child_end();
    if (deadline_ && Clock::now() >= *deadline_) on_deadline();
  }
  if (reaped_) return;
  if (auto reaped = common::reap(program_); !reaped) log::error("{}", reaped.error().message);
}

int Supervisor::timeout_ms() const {
  if (to_reap_) return 0;
  if (!deadline_) return -1;
  return common::milliseconds_until(*deadline_);
}

void Supervisor::on_control() {
  auto packet = control_.receive();
  if (packet && !packet->closed()) {
    const auto request = ipc::decode<messages::DeliverSignal>(*packet);
    if (request && request->signal > 0 && request->signal < static_cast<unsigned>(NSIG)) {
      ::kill(-program_, static_cast<int>(request->signal));
      return;
    }
    log::warning("the connection process broke the contract of the control socket");
  }
  control_.close();
  hang_up();
}

/// The program may have made children of its parent's, by clone(2) with CLONE_PARENT. The box's
/// first process does not end before they are reaped.
void Supervisor::on_child_end() {
  (void)common::take_signal(children_.get());
  to_reap_ = common::reap_some([](pid_t, const auto&) {}, program_);
}

void Supervisor::on_stop() {
  stopping_ = true;
  hang_up();
}

void Supervisor::on_box_end() {
  box_ended_ = true;
  deadline_ = Clock::now() + kBoxEndGrace;
}

void Supervisor::hang_up() {
  if (std::exchange(hanging_up_, true)) return;
  hangup_.look();
  const auto now = Clock::now();
  kill_at_ = now + limits::kHangupGrace;
  if (!terminal_) {
    hangup_.tell();
    if (!deadline_) deadline_ = kill_at_;
    return;
  }
  // A shell passes it on to its jobs, and then it is seen whom it let go. bash(1), when SIGHUP
  // reaches it twice at once, may end without passing it on.
  to_tell_ = true;
  if (!deadline_) deadline_ = now + kTerminalGrace;
  if (!control_) return terminal_.reset();
  // The connection process still has its end of the terminal, and something to say on it.
  ::kill(-program_, SIGHUP);
  ::kill(-program_, SIGCONT);
}

void Supervisor::on_deadline() {
  deadline_.reset();
  if (box_ended_) {
    hangup_.kill_all();
  } else if (std::exchange(to_tell_, false)) {
    terminal_.reset();
    hangup_.tell();
    deadline_ = kill_at_;
    done_ = program_ended_ && !hangup_.has_others_to_end();
    return;
  } else {
    hangup_.kill();
  }
  done_ = program_ended_;
}

void Supervisor::on_program_end() {
  program_ended_ = true;
  // What the program leaves behind is still to be hung up: until then its pid, which is the
  // session's number, must not be used again.
  reaped_ = !hanging_up_;
  siginfo_t info{};
  const int options = reaped_ ? WEXITED : WEXITED | WNOWAIT;
  CHECK(::waitid(P_PID, static_cast<id_t>(program_), &info, options) == 0);
  const bool killed = info.si_code != CLD_EXITED;
  // The box's first process ends only when the last of its pid namespace, ours too, was reaped.
  if (killed && info.si_status == SIGKILL && !box_ended_) {
    box_ended_ = is_readable(box_.get(), kBoxEndNewsMs);
  }

  if (box_ended_ && killed) {
    tell(messages::SessionFailed{Failure::kBoxStopped});
  } else if (stopping_) {
    tell(messages::SessionFailed{Failure::kGatewayStopping});
  } else if (killed) {
    tell(messages::SessionSignaled{static_cast<std::uint32_t>(info.si_status),
                                   info.si_code == CLD_DUMPED});
  } else {
    tell(messages::SessionExited{static_cast<std::uint32_t>(info.si_status)});
  }
  // Background processes of a session that ended by itself are the user's will, as with sshd(8).
  done_ = !hanging_up_ || !hangup_.has_others();
}

}  // namespace zomg::sessiond
