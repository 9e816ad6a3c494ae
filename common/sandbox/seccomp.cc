#include "common/sandbox/seccomp.h"

#include <seccomp.h>

#include <array>
#include <memory>
#include <string>

#include "common/sandbox/refused_call.h"

namespace zomg::sandbox {
namespace {

constexpr std::array kRuntimeNames{
    "brk",          "mmap",   "munmap",        "mremap",         "mprotect",
    "madvise",      "futex",  "clock_gettime", "getrandom",      "getpid",
    "gettid",       "exit",   "exit_group",    "rt_sigprocmask", "restart_syscall",
    "rt_sigreturn", "write",  "close",         "tgkill",         "gettimeofday",
    "time",         "sendto",
};

constexpr std::array kStartupNames{
    "execveat",     "arch_prctl", "set_tid_address", "set_robust_list", "rseq",
    "prlimit64",    "readlink",   "readlinkat",      "newfstatat",      "fstat",
    "rt_sigaction", "uname",      "prctl",           "seccomp",         "access",
    "openat",       "read",       "pread64",         "sysinfo",
};

#ifdef ZOMG_SANITIZED
/// What the sanitizers' run-time library does on its own: shadow memory, stack bounds, reports.
constexpr std::array kSanitizerNames{
    "sigaltstack",
    "open",
    "openat",
    "read",
    "readlink",
    "readlinkat",
    "sched_getaffinity",
    "prctl",
    "sched_yield",
    "clone",
    "wait4",
    "getppid",
    "lseek",
    "newfstatat",
    "fstat",
    "dup",
    "rt_sigaction",
    "prlimit64",
    "getdents",
    "getdents64",
    "sysinfo",
    "set_robust_list",
    "clone3",
    "rseq",
    "capget",
    "ptrace",
    "stat",
    "ioctl",
    "pipe2",
    "getuid",
    "geteuid",
    "access",
    "uname",
    "kill",
    "fcntl",
};
constexpr SyscallSet kSanitizer{"the sanitizers' run-time library", kSanitizerNames};
#endif

#ifdef NDEBUG
constexpr std::uint32_t kKill = SCMP_ACT_KILL_PROCESS;
#else
constexpr std::uint32_t kKill = SCMP_ACT_TRAP;  // kills too, after a word of which call it was
#endif

common::Result<void> add(scmp_filter_ctx filter, const SyscallSet& set) {
  for (const char* name : set.names) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) return common::error("no system call is named {}", name);
    const int status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
    if (status != 0 && status != -EEXIST) {
      return common::Error{fmt::format("seccomp rule for {}", name), -status};
    }
  }
  return {};
}

}  // namespace

const SyscallSet kRuntime{"the C library, and the log, in any process", kRuntimeNames};
const SyscallSet kStartup{"the C library's start-up after exec", kStartupNames};

common::Result<void> allow_only(std::span<const SyscallSet> sets, Otherwise otherwise) {
  const std::uint32_t action = otherwise == Otherwise::kKill ? kKill : SCMP_ACT_ERRNO(ENOSYS);
  const std::unique_ptr<void, void (*)(void*)> filter(seccomp_init(action),
                                                      [](void* f) { seccomp_release(f); });
  if (!filter) return common::error("seccomp_init failed");
  for (const SyscallSet& set : sets) {
    if (auto added = add(filter.get(), set); !added) return added;
  }
#ifdef ZOMG_SANITIZED
  if (auto added = add(filter.get(), kSanitizer); !added) return added;
#endif
#ifndef NDEBUG
  if (otherwise == Otherwise::kKill) report_refused_calls();
#endif
  const int status = seccomp_load(filter.get());
  if (status != 0) return common::Error{"seccomp_load", -status};
  return {};
}

}  // namespace zomg::sandbox
