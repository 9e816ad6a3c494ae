#include "common/sandbox/pid_namespace.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "common/base/child.h"
#include "common/base/io/signals.h"
#include "common/sandbox/counted_apart.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/root.h"
#include "common/sandbox/seccomp/seccomp.h"
#include "common/sandbox/signal_scope.h"

namespace zomg::sandbox {
namespace {

using common::Child;
using common::Fd;
using common::Result;

constexpr auto kCalls = std::to_array<Call>({
    "poll", "ppoll", "read", "waitid",
    "pidfd_send_signal",  // by the only pidfd that there is
});

/// The standard three, the signals, the child, and a few while the root is made.
constexpr rlim_t kMaxDescriptors = 16;
constexpr int kRetryMs = 10;

Result<Fd> open_stop_signal() {
  sigset_t signals;
  sigfillset(&signals);
  ::sigprocmask(SIG_SETMASK, &signals, nullptr);
  return common::open_signals({SIGTERM});
}

Result<void> confine(const Account& account, int stop, int child) {
  if (!common::close_all_but({stop, child})) return common::errno_error("close_range");
  if (auto left = leave_network(); !left) return left;
  if (auto entered = enter_empty_root(); !entered) return entered;
  if (auto limited = limit(RLIMIT_NPROC, 0); !limited) return limited;
  if (auto limited = limit(RLIMIT_NOFILE, kMaxDescriptors); !limited) return limited;
  if (auto became = become(account); !became) return became;
  return allow_only(std::array{kRuntime, SyscallSet{"the child's end, and its stop", kCalls}});
}

bool pass_on_stop(int child) {
  return ::syscall(SYS_pidfd_send_signal, child, SIGTERM, nullptr, 0) == 0 || errno != EPERM;
}

[[noreturn]] void end_as(const common::ExitStatus& status) {
  if (status.signal == 0) ::_exit(status.exit_code);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::raise(status.signal);
  ::_exit(1);
}

[[noreturn]] void stay_behind(const Account& account, Child child) {
  const auto stop = open_stop_signal();
  if (!stop || !confine(account, stop->get(), child.pidfd())) {
    child.kill(SIGKILL);
    ::_exit(1);
  }
  std::array<pollfd, 2> events{{{stop->get(), POLLIN, 0}, {child.pidfd(), POLLIN, 0}}};
  bool stopping = false;
  while (events[1].revents == 0) {
    if (::poll(events.data(), events.size(), stopping ? kRetryMs : -1) < 0) ::_exit(1);
    if (events[0].revents != 0) stopping = common::take_signal(stop->get()) != 0;
    // Until it has the same account it cannot be signalled.
    if (stopping) stopping = !pass_on_stop(child.pidfd());
  }
  const auto status = child.wait();
  if (!status) ::_exit(1);
  end_as(*status);
}

}  // namespace

Result<void> enter_pid_namespace(const Account& account) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return common::errno_error("prctl PR_SET_NO_NEW_PRIVS");
  }
  // Before the fork: who stays behind can signal the child then, but not the child its parent.
  if (auto scoped = scope_signals(); !scoped) return scoped;
  if (auto unshared = unshare_apart(CLONE_NEWPID); !unshared) return unshared;
  auto child = common::fork_child();
  if (!child) return child.error();
  if (*child) stay_behind(account, std::move(*child));
  return {};
}

Result<void> die_with_parent() {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
    return common::errno_error("prctl PR_SET_PDEATHSIG");
  }
  return {};
}

}  // namespace zomg::sandbox
