#include "common/sandbox/seccomp/seccomp.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "common/sandbox/seccomp/call_form.h"
#include "common/sandbox/seccomp/never_called.h"
#include "common/sandbox/seccomp/refused_call.h"

namespace zomg::sandbox {
namespace {

constexpr auto kRuntimeCalls = std::to_array<Call>({
    "brk",
    {"mmap", (arg(2) & PROT_EXEC) == 0},
    "munmap",
    "mremap",
    {"mprotect", (arg(2) & PROT_EXEC) == 0},
    "futex",
    "clock_gettime",
    "getrandom",
    "getpid",
    "gettid",
    "exit",
    "exit_group",
    "rt_sigprocmask",
    "restart_syscall",
    "rt_sigreturn",
    "write",
    "close",
    {"tgkill", arg(0) == OwnProcess::kPid},
    "gettimeofday",
    "time",
    {"sendto", pointer(4) == 0},  // a line of the log
});

/// Files only to be read: in an empty root there are none.
constexpr int kWriteFlags = O_ACCMODE | O_CREAT | O_TRUNC;

constexpr auto kStartupCalls = std::to_array<Call>({
    {"execveat", arg(4) == AT_EMPTY_PATH},
    "arch_prctl",
    "set_tid_address",
    "set_robust_list",
    "rseq",
    {"prlimit64", arg(0) == 0},
    "readlink",
    "readlinkat",
    "newfstatat",
    "fstat",
    "rt_sigaction",
    "uname",
    {"prctl", arg(0) == PR_SET_NAME},
    {"prctl", arg(0) == PR_SET_DUMPABLE, arg(1) == 0},
    {"prctl", arg(0) == PR_SET_NO_NEW_PRIVS, arg(1) == 1},
    {"prctl", arg(0) == PR_CAPBSET_READ},  // libcap, when it is loaded
    "seccomp",
    "landlock_create_ruleset",
    "landlock_restrict_self",
    "access",
    {"openat", (arg(2) & kWriteFlags) == O_RDONLY},
    "read",
    "pread64",
    "sysinfo",
});

constexpr int kThreadFlags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                             CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                             CLONE_CHILD_CLEARTID;

constexpr auto kThreadCalls = std::to_array<Call>({
    {"clone", arg(0) == kThreadFlags},
    refused("clone3", ENOSYS),  // its flags are behind a pointer; the C library takes clone then
    "rt_sigaction",
    "set_robust_list",
    "rseq",
    {"sched_getaffinity", arg(0) == 0},
    {"madvise", arg(2) == MADV_DONTNEED},  // a stack that is used again
});

#ifdef ZOMG_SANITIZED
/// What the sanitizers' run-time library does on its own: shadow memory, stack bounds, reports.
constexpr auto kSanitizerCalls = std::to_array<Call>({
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
    "tgkill",
    "fcntl",
    "mmap",
    "mprotect",
    "madvise",
    "setresuid",  // count_apart()
});
constexpr SyscallSet kSanitizer{"the sanitizers' run-time library", kSanitizerCalls};
#endif

#ifdef NDEBUG
constexpr std::uint32_t kKill = SCMP_ACT_KILL_PROCESS;
#else
constexpr std::uint32_t kKill = SCMP_ACT_TRAP;  // kills too, after a word of which call it was
#endif

std::uint32_t action_of(DeniedAction otherwise) {
  switch (otherwise) {
    case DeniedAction::kKill:
      return kKill;
    case DeniedAction::kRefuse:
      return SCMP_ACT_TRAP;
    case DeniedAction::kKillUnlessNoted:
      return SCMP_ACT_KILL_PROCESS;
    case DeniedAction::kFail:
    case DeniedAction::kRefuseInherited:
      break;
  }
  return SCMP_ACT_ERRNO(ENOSYS);
}

std::uint32_t action_of(const Call& call) {
  if (call.error == 0) return SCMP_ACT_ALLOW;
  if (call.error == kKills) return SCMP_ACT_KILL_PROCESS;
  if (call.error == kIsNoted) return SCMP_ACT_TRAP;
  return SCMP_ACT_ERRNO(static_cast<std::uint32_t>(call.error));
}

scmp_arg_cmp test_of(const Condition& condition) {
  const auto pid = static_cast<std::uint64_t>(::getpid());
  switch (condition.kind) {
    case Condition::Kind::kOwnProcess:
      return {condition.argument, SCMP_CMP_MASKED_EQ, condition.mask, pid};
    case Condition::Kind::kAnother:
      return {condition.argument, SCMP_CMP_NE, pid, 0};
    case Condition::Kind::kNone:
    case Condition::Kind::kBits:
      break;
  }
  return {condition.argument, SCMP_CMP_MASKED_EQ, condition.mask, condition.value};
}

/// A filter in the making.
struct Draft {
  std::unique_ptr<void, void (*)(void*)> filter;
  std::uint32_t architecture;
  std::uint32_t otherwise;
};

common::Result<void> add(const Draft& draft, const Call& call) {
  const auto name = call_form(call, draft.architecture);
  if (!name) return name.error();
  const std::uint32_t action = action_of(call);
  if (*name == nullptr || action == draft.otherwise) return {};
#ifdef ZOMG_SANITIZED
  if (call.error == kIsNoted) return {};  // the run-time library makes some of them
#endif
  std::array<scmp_arg_cmp, std::tuple_size_v<decltype(call.conditions)>> tests{};
  unsigned count = 0;
  for (const Condition& condition : call.conditions) {
    if (condition.kind == Condition::Kind::kNone) continue;
    tests.at(count++) = test_of(condition);
  }
  // libseccomp takes the number that it has here, and translates.
  const int number = seccomp_syscall_resolve_name(*name);
  const int status =
      seccomp_rule_add_array(draft.filter.get(), action, number, count, tests.data());
  if (status != 0 && status != -EEXIST) {
    return common::Error{fmt::format("seccomp rule for {}", call.name), -status};
  }
  return {};
}

common::Result<void> add(const Draft& draft, const SyscallSet& set) {
  for (const Call& call : set.calls) {
    if (auto added = add(draft, call); !added) return added;
  }
  return {};
}

bool has_conditions(const Call& call) {
  return call.conditions[0].kind != Condition::Kind::kNone;
}

/// Those of kNeverCalled, but what `sets` let through: what they name with no condition, and what
/// they name at all unless our own conditions leave theirs out. Not with sanitizers, whose run-time
/// library calls some of them.
[[maybe_unused]] common::Result<void> add_never_called(const Draft& draft,
                                                       std::span<const SyscallSet> sets) {
  for (const Call& never : kNeverCalled.calls) {
    const auto lets_through = [&never](const Call& call) {
      return std::string_view(call.name) == never.name &&
             !(has_conditions(never) && has_conditions(call));
    };
    const auto has_one = [&lets_through](const SyscallSet& set) {
      return std::any_of(set.calls.begin(), set.calls.end(), lets_through);
    };
    if (std::any_of(sets.begin(), sets.end(), has_one)) continue;
    if (auto added = add(draft, never); !added) return added;
  }
  return {};
}

common::Result<Draft> draft_filter(std::span<const SyscallSet> sets, DeniedAction otherwise,
                                   std::uint32_t architecture) {
  Draft draft{{seccomp_init(action_of(otherwise)), [](void* f) { seccomp_release(f); }},
              architecture,
              action_of(otherwise)};
  if (!draft.filter) return common::error("seccomp_init failed");
  // A tree of the calls, which the kernel walks for each that there is when it loads the filter.
  (void)seccomp_attr_set(draft.filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  if (architecture != seccomp_arch_native() &&
      (seccomp_arch_add(draft.filter.get(), architecture) != 0 ||
       seccomp_arch_remove(draft.filter.get(), seccomp_arch_native()) != 0)) {
    return common::error("no filter can be of another architecture");
  }
  for (const SyscallSet& set : sets) {
    if (auto added = add(draft, set); !added) return added.error();
  }
#ifdef ZOMG_SANITIZED
  if (auto added = add(draft, kSanitizer); !added) return added.error();
#else
  if (otherwise == DeniedAction::kRefuse || otherwise == DeniedAction::kRefuseInherited) {
    if (auto added = add_never_called(draft, sets); !added) return added.error();
  }
#endif
  return draft;
}

}  // namespace

const SyscallSet kRuntime{"the C library, and the log, in any process", kRuntimeCalls};
const SyscallSet kStartup{"the C library's start-up after exec", kStartupCalls};
const SyscallSet kThreads{"the C library's threads", kThreadCalls};

common::Result<void> export_filter(int fd, std::uint32_t architecture,
                                   std::span<const SyscallSet> sets, DeniedAction otherwise) {
  const auto draft = draft_filter(sets, otherwise, architecture);
  if (!draft) return draft.error();
  const int status = seccomp_export_bpf(draft->filter.get(), fd);
  if (status != 0) return common::Error{"seccomp_export_bpf", -status};
  return {};
}

common::Result<void> allow_only(std::span<const SyscallSet> sets, DeniedAction otherwise) {
  const auto draft = draft_filter(sets, otherwise, seccomp_arch_native());
  if (!draft) return draft.error();
  if (otherwise == DeniedAction::kRefuse || otherwise == DeniedAction::kKillUnlessNoted) {
    report_refused_calls(AfterRefusal::kGoesOn);
  }
#ifndef NDEBUG
  if (otherwise == DeniedAction::kKill) report_refused_calls(AfterRefusal::kDies);
#endif
  const int status = seccomp_load(draft->filter.get());
  if (status != 0) return common::Error{"seccomp_load", -status};
  return {};
}

}  // namespace zomg::sandbox
