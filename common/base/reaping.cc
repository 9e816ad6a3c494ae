#include "common/base/reaping.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zomg::common {
namespace {

/// 64 take well under a millisecond.
constexpr int kMaxAtOnce = 64;

/// The eldest child that has ended, 0 if none has.
pid_t eldest() {
  siginfo_t ended{};
  if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
  return ended.si_pid;
}

}  // namespace

bool reap_some(const std::function<void(pid_t, const Result<ExitStatus>&)>& on_end, pid_t kept) {
  for (int left = kMaxAtOnce; left > 0; --left) {
    const pid_t pid = eldest();
    if (pid == 0 || pid == kept) return false;
    on_end(pid, reap(pid));
  }
  return true;
}

Result<Child> adopt(pid_t pid) {
  siginfo_t info{};
  const bool is_child =
      pid > 0 && ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  if (!is_child) return error("process {} is no child of ours", pid);
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) return errno_error("pidfd_open");
  return Child(pid, std::move(pidfd));
}

}  // namespace zomg::common
