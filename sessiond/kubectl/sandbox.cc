#include "sessiond/kubectl/sandbox.h"

#include <array>

#include "common/sandbox/resource_limit.h"
#include "common/sandbox/root.h"
#include "common/sandbox/seccomp.h"
#include "sessiond/kubectl/kubectl_process.h"

namespace zomg::kubectl {
namespace {

constexpr std::array kSupervisorNames{
    "recvmsg",      "recvfrom", "sendmsg",   "poll",        "ppoll",     "waitid",
    "clone3",       "execveat", "setsid",    "dup2",        "fcntl",     "ioctl",
    "read",         "writev",   "prlimit64", "close_range", "getrandom", "pidfd_send_signal",
    "rt_sigaction",
};
/// Seen with kubectl 1.20 (Go 1.15, 1.19) to 1.33 (Go 1.24).
constexpr std::array kGoNames{
    "arch_prctl",
    "bind",
    "clone",
    "connect",
    "dup3",
    "epoll_create1",
    "epoll_create",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_wait",
    "eventfd2",
    "faccessat",
    "faccessat2",
    "fstat",
    "getcwd",
    "getdents64",
    "getegid",
    "geteuid",
    "getgid",
    "getpeername",
    "getppid",
    "getrlimit",
    "getsockname",
    "getsockopt",
    "getuid",
    "lseek",
    "mincore",
    "mkdirat",
    "nanosleep",
    "newfstatat",
    "openat",
    "pipe2",
    "prctl",
    "pread64",
    "readlinkat",
    "rseq",
    "rt_sigtimedwait",
    "sched_getaffinity",
    "sched_yield",
    "sendto",
    "set_robust_list",
    "set_tid_address",
    "setitimer",
    "setsockopt",
    "shutdown",
    "sigaltstack",
    "socket",
    "sysinfo",
    "timer_create",
    "timer_delete",
    "timer_settime",
    "uname",
    "unlinkat",
    "wait4",
    "clock_nanosleep",
};

constexpr std::array kSets{
    sandbox::SyscallSet{"session streams, kubectl's start and end", kSupervisorNames},
    sandbox::SyscallSet{"the Go runtime and its network in kubectl", kGoNames},
};

/// Of all sessions by kubectl together, as they share an account: 800 of 20 each, which would take
/// 40 GiB.
constexpr rlim_t kMaxTasks = 16384;
/// Either process has a dozen.
constexpr rlim_t kMaxDescriptors = 256;
/// kubectl has 70 MiB, the Go runtime's reserve included.
constexpr rlim_t kMaxDataBytes = 512 * 1024 * 1024;

common::Result<void> limit_resources() {
  if (auto set = sandbox::limit(RLIMIT_NPROC, kMaxTasks); !set) return set;
  if (auto set = sandbox::limit(RLIMIT_NOFILE, kMaxDescriptors); !set) return set;
#ifndef ZOMG_SANITIZED  // whose shadow memory counts as data, and whose log may be a file
  if (auto set = sandbox::limit(RLIMIT_DATA, kMaxDataBytes); !set) return set;
  if (auto set = sandbox::limit(RLIMIT_FSIZE, 0); !set) return set;
#endif
  return sandbox::limit(RLIMIT_MEMLOCK, 0);
}

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account, std::string_view files) {
  const std::size_t end = files.find('\0');
  if (end == std::string_view::npos) return common::error("the files for kubectl are not two");
  auto entered = sandbox::enter_root_with(
      {}, {{kHostsPath, std::string(files.substr(0, end)), account.uid},
           {kKubeconfigPath, std::string(files.substr(end + 1)), account.uid}});
  if (!entered) return entered;
  if (auto limited = limit_resources(); !limited) return limited;
  if (auto became = sandbox::become(account); !became) return became;
  std::array<sandbox::SyscallSet, kSets.size() + 1> sets{sandbox::kRuntime};
  std::copy(kSets.begin(), kSets.end(), sets.begin() + 1);
  return sandbox::allow_only(sets, sandbox::Otherwise::kFail);
}

}  // namespace zomg::kubectl
