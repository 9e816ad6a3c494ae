#include "sessiond/supervisor.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/limits.h"
#include "common/log.h"
#include "common/messages/session.h"
#include "common/sandbox/root.h"
#include "common/sandbox/seccomp.h"
#include "sessiond/process_group.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using common::Result;

/// Between the end of the box's first process and that of the program: the kernel kills the rest of
/// a pid namespace at once, but the runtime may need a moment where the namespace is the host's.
constexpr std::chrono::milliseconds kBoxEndGrace{1000};
/// Between the loss of the client and our own SIGHUP, for what does not end as its terminal does.
constexpr std::chrono::milliseconds kTerminalGrace{1000};
/// How long a killed program's end waits for the news that its box ended, to tell the two apart.
constexpr int kBoxEndNewsMs = 200;

constexpr std::array kChannelCalls{"recvmsg", "recvfrom",        "sendmsg", "poll",
                                   "ppoll",   "restart_syscall", "read"};
constexpr std::array kChildCalls{"waitid", "wait4", "kill", "pidfd_send_signal"};
constexpr std::array kProcCalls{"openat", "newfstatat", "fstat", "getdents64", "fcntl", "lseek"};
constexpr std::array kSyscalls{
    sandbox::SyscallSet{"control socket, signalfd and pidfds", kChannelCalls},
    sandbox::SyscallSet{"signals to the program and its end", kChildCalls},
    sandbox::SyscallSet{"who of the process group is left, from /proc", kProcCalls},
};

bool is_readable(int fd, int timeout_ms) {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, timeout_ms) > 0;
}

}  // namespace

Supervisor::Supervisor(pid_t program, common::Fd program_pidfd, bool has_terminal,
                       ipc::Channel control, ipc::Channel monitor, int box, int stop)
    : program_(program),
      program_pidfd_(std::move(program_pidfd)),
      has_terminal_(has_terminal),
      control_(std::move(control)),
      monitor_(std::move(monitor)),
      box_(box),
      stop_(stop),
      proc_(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

Result<void> Supervisor::enter_sandbox(const sandbox::Account& account) {
  if (auto left = sandbox::leave_network(); !left) return left;
  if (auto entered = sandbox::enter_empty_root(); !entered) return entered;
  if (auto became = sandbox::become(account, {}, {CAP_KILL}); !became) return became;
  std::array<sandbox::SyscallSet, kSyscalls.size() + 1> sets{sandbox::kRuntime};
  std::copy(kSyscalls.begin(), kSyscalls.end(), sets.begin() + 1);
  return sandbox::allow_only(sets);
}

void Supervisor::run() {
  while (!done_) {
    std::array<pollfd, 4> events{{
        {program_ended_ ? -1 : program_pidfd_.get(), POLLIN, 0},
        {control_ ? control_.fd() : -1, POLLIN, 0},
        {box_ended_ ? -1 : box_, POLLIN, 0},
        {stopping_ ? -1 : stop_, POLLIN, 0},
    }};
    if (::poll(events.data(), events.size(), timeout_ms()) < 0) {
      CHECK(errno == EINTR);
      continue;
    }
    // The box first: its end is why the program ended.
    if (events[2].revents != 0) on_box_end();
    if (events[0].revents != 0) on_program_end();
    if (done_) break;
    if (events[1].revents != 0) on_control();
    if (events[3].revents != 0) on_stop();
    if (deadline_ && Clock::now() >= *deadline_) on_deadline();
  }
  if (reaped_) return;
  if (auto reaped = common::reap(program_); !reaped) log::error("{}", reaped.error().message);
}

int Supervisor::timeout_ms() const {
  if (!deadline_) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

void Supervisor::on_control() {
  auto packet = control_.receive();
  if (packet && !packet->closed()) {
    const auto request = ipc::decode<messages::DeliverSignal>(packet->bytes);
    if (request && request->signal > 0 && request->signal < static_cast<unsigned>(NSIG)) {
      ::kill(-program_, static_cast<int>(request->signal));
      return;
    }
    log::warning("the connection process broke the contract of the control socket");
  }
  control_.close();
  on_client_gone();
}

void Supervisor::on_client_gone() {
  if (!has_terminal_) return hang_up();
  if (deadline_) return;  // it was hung up before, or its box has ended
  // The terminal hangs up by itself, as its other end is closed. bash(1), when SIGHUP reaches it
  // twice, may end without passing it on to its jobs.
  terminal_hangs_up_ = true;
  deadline_ = Clock::now() + kTerminalGrace;
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
  ::kill(-program_, SIGHUP);
  // A stopped process acts on SIGHUP only once it continues.
  ::kill(-program_, SIGCONT);
  if (!deadline_) deadline_ = Clock::now() + limits::kHangupGrace;
}

void Supervisor::on_deadline() {
  deadline_.reset();
  if (box_ended_) {
    ::kill(-program_, SIGKILL);
  } else if (std::exchange(terminal_hangs_up_, false)) {
    return hang_up();
  } else {
    kill_unless_ignoring_hangup(proc_.get(), program_);
  }
  done_ = program_ended_;
}

template <ipc::Message Ending>
void Supervisor::tell(const Ending& ending) {
  // Either of them may be gone.
  (void)monitor_.send(ending).has_value();
  if (control_) (void)control_.send(ending).has_value();
}

void Supervisor::on_program_end() {
  program_ended_ = true;
  // With nobody left to tell, what the program left behind is still to be hung up: until then its
  // pid, and with it the process group's number, must not be used again.
  reaped_ = static_cast<bool>(control_);
  siginfo_t info{};
  const int options = reaped_ ? WEXITED : WEXITED | WNOWAIT;
  CHECK(::waitid(P_PID, static_cast<id_t>(program_), &info, options) == 0);
  const bool killed = info.si_code != CLD_EXITED;
  // The box's first process ends only when the last of its pid namespace, ours too, was reaped.
  if (killed && info.si_status == SIGKILL && !box_ended_) {
    box_ended_ = is_readable(box_, kBoxEndNewsMs);
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
  if (control_) {
    // Background processes of a session that ended by itself are the user's will, as with sshd(8).
    done_ = true;
    return;
  }
  done_ = !has_other_members(proc_.get(), program_);
}

}  // namespace zomg::sessiond
