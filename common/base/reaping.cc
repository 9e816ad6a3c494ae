#include "common/base/reaping.h"

#include <sys/wait.h>

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

}  // namespace zomg::common
