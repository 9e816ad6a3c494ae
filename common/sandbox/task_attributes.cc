#include "common/sandbox/task_attributes.h"

#include <fcntl.h>
#include <linux/mempolicy.h>
#include <linux/securebits.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "common/base/fd.h"

// Of headers newer than Debian 12's.
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#define PR_GET_MEMORY_MERGE 68
#endif

namespace zomg::sandbox {
namespace {

using common::errno_error;
using common::Result;

/// SCHED_FLAG_UTIL_CLAMP_MIN, SCHED_FLAG_UTIL_CLAMP_MAX and SCHED_CAPACITY_SCALE.
constexpr std::uint64_t kUtilizationMin = 0x20;
constexpr std::uint64_t kUtilizationMax = 0x40;
constexpr std::uint32_t kMostUtilization = 1024;

/// IOPRIO_WHO_PROCESS, and IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 0). <linux/ioprio.h> has a parameter named
/// `class` in some releases, so C++ cannot include it.
constexpr int kIoPriorityOfProcess = 1;
constexpr int kNoIoPriority = 0;

/// The kernel's sets of signals have 8 bytes; the library's are longer, and it keeps two signals
/// (32, 33) to itself, which can be ignored or blocked as any other.
using Signals = std::uint64_t;
constexpr int kLastSignal = 64;

constexpr Signals bit(int signal) {
  return Signals{1} << static_cast<unsigned>(signal - 1);
}

/// struct sigaction of the kernel. All zero: the default.
struct KernelSigaction {
  std::uintptr_t handler = 0;
  unsigned long flags = 0;
  std::uintptr_t restorer = 0;
  Signals mask = 0;
};

/// struct sched_attr (sched_setattr(2)). All zero, with the size of the first that there was:
/// SCHED_OTHER, nice 0.
struct SchedAttr {
  std::uint32_t size = kFirstSize;
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
  std::uint32_t utilization_min = 0;
  std::uint32_t utilization_max = 0;

  static constexpr std::uint32_t kFirstSize = 48;
};
static_assert(sizeof(SchedAttr) == 56);

bool set_process(int option, unsigned long value, unsigned long second = 0) {
  return ::prctl(option, value, second, 0UL, 0UL) == 0;
}

bool write_file(const char* path, std::string_view text) {
  const common::Fd file(::open(path, O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text.data(), text.size()) == std::ssize(text);
}

bool stop_timers() {
  const itimerval none{};
  bool stopped = true;
  for (const auto timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}) {
    stopped = ::setitimer(timer, &none, nullptr) == 0 && stopped;
  }
  return stopped;
}

/// What was sent to whoever blocked it is not for us, but for a request to stop.
bool drop_pending_signals() {
  const Signals set = ~(bit(SIGTERM) | bit(SIGINT) | bit(SIGQUIT));
  const timespec at_once{};
  while (::syscall(SYS_rt_sigtimedwait, &set, nullptr, &at_once, sizeof(set)) > 0) continue;
  return true;
}

bool reset_umask() {
  ::umask(022);
  return true;
}

bool reset_personality() {
  return ::personality(PER_LINUX) >= 0;
}

/// With SECBIT_NO_SETUID_FIXUP a change of user keeps every capability.
bool reset_securebits() {
  return ::prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) == SECUREBITS_DEFAULT ||
         set_process(PR_SET_SECUREBITS, SECUREBITS_DEFAULT);
}

/// Whoever knows when equal pages became one learns what is in another's.
bool reset_memory_merge() {
  return ::prctl(PR_GET_MEMORY_MERGE, 0, 0, 0, 0) <= 0 || set_process(PR_SET_MEMORY_MERGE, 0);
}

bool close_io_ports() {
#ifdef SYS_ioperm
  constexpr int kPorts = 65536;
  if (::syscall(SYS_iopl, 0) != 0 || ::syscall(SYS_ioperm, 0, kPorts, 0) != 0) {
    return errno == ENOSYS;
  }
#endif
  return true;
}

bool set_scheduling(const SchedAttr& attributes) {
  return ::syscall(SYS_sched_setattr, 0, &attributes, 0) == 0;
}

/// With the bounds of its utilization, where the kernel has these: by -1, which gives up what was
/// asked for, or, before Linux 5.11, as the widest.
bool reset_scheduling() {
  SchedAttr attributes;
  attributes.size = sizeof(attributes);
  attributes.flags = kUtilizationMin | kUtilizationMax;
  attributes.utilization_min = attributes.utilization_max = ~0U;
  if (set_scheduling(attributes)) return true;
  attributes.utilization_min = 0;
  attributes.utilization_max = kMostUtilization;
  return set_scheduling(attributes) || set_scheduling({});
}

/// A program that reads it is killed where it is off.
bool reset_time_stamp_counter() {
  return set_process(PR_SET_TSC, PR_TSC_ENABLE) || errno == EINVAL;  // only x86 has it
}

/// Where the gateway's core scheduling keeps others off its cores: apart from it, too.
bool leave_core_scheduling() {
  std::uint64_t cookie = 0;
  if (::prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, 0, PR_SCHED_CORE_SCOPE_THREAD, &cookie) != 0 ||
      cookie == 0) {
    return true;
  }
  return ::prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, PR_SCHED_CORE_SCOPE_THREAD, 0) == 0;
}

/// All CPUs that there can be: the kernel leaves those of the cpuset.
bool reset_affinity() {
  std::array<unsigned long, 8192 / (8 * sizeof(unsigned long))> all{};
  all.fill(~0UL);
  return ::syscall(SYS_sched_setaffinity, 0, sizeof(all), all.data()) == 0;
}

bool reset_io_priority() {
  return ::syscall(SYS_ioprio_set, kIoPriorityOfProcess, 0, kNoIoPriority) == 0;
}

/// Not by 0, which is the slack that a fork has from its parent.
bool reset_timer_slack() {
  constexpr unsigned long kDefaultNs = 50'000;
  return set_process(PR_SET_TIMERSLACK, kDefaultNs);
}

bool reset_memory_policy() {
  return ::syscall(SYS_set_mempolicy, MPOL_DEFAULT, nullptr, 0) == 0;
}

bool reset_coredump_filter() {
  return write_file("/proc/self/coredump_filter", "0x33");  // core(5)
}

bool reset_huge_pages() {
  return set_process(PR_SET_THP_DISABLE, 0);
}

bool reset_machine_checks() {
  return set_process(PR_MCE_KILL, PR_MCE_KILL_CLEAR);
}

bool reset_io_flusher() {
  return set_process(PR_SET_IO_FLUSHER, 0);
}

/// Those that the kernel was told to leave to each process, as they are without its word.
bool reset_speculation() {
  const struct {
    unsigned long kind;
    unsigned long usual;
  } kinds[] = {{PR_SPEC_STORE_BYPASS, PR_SPEC_ENABLE},
               {PR_SPEC_INDIRECT_BRANCH, PR_SPEC_ENABLE},
               {PR_SPEC_L1D_FLUSH, PR_SPEC_DISABLE}};
  for (const auto& [kind, usual] : kinds) (void)set_process(PR_SET_SPECULATION_CTRL, kind, usual);
  return true;
}

/// Whom the audit of the kernel takes for who logged in: nobody, as of any container.
bool reset_login_user() {
  return write_file("/proc/self/loginuid", "4294967295");
}

struct Attribute {
  std::string_view name;
  bool (*reset)();
  bool of_gateway;  ///< not only of sessions
  /// Whether without this the process would have more than it should, and not less.
  bool must;
};

/// In their order: timer slack cannot be set of a process with a real-time policy. Not here, as the
/// kernel or others see to them: what neither survives fork(2) nor exec (parent-death signal,
/// subreaper, memory locks, io_uring, system call user dispatch, shadow stacks, …); the autogroup,
/// which setsid(2) makes; namespaces, cgroups and what comes with them (cpuset, nodes); credentials
/// and resource limits; the umask of a session; session keyrings. Nor what the exec resets: CPUID
/// faulting, AMX, memory tagging and pointer authentication of arm64. Nor what nobody can take back:
/// no_new_privs, seccomp filters, Landlock domains, PR_SET_MDWE, speculation that was forbidden for
/// good. Vector lengths that are to be inherited (PR_SVE_SET_VL and its like) are not looked at.
constexpr std::array kAttributes{
    Attribute{"timers", stop_timers, true, true},
    Attribute{"pending signals", drop_pending_signals, true, true},
    Attribute{"umask", reset_umask, true, true},
    Attribute{"personality", reset_personality, true, true},
    Attribute{"secure bits", reset_securebits, true, true},
    Attribute{"merging of memory", reset_memory_merge, true, true},
    Attribute{"I/O ports", close_io_ports, true, true},
    Attribute{"scheduling", reset_scheduling, false, false},
    Attribute{"core scheduling", leave_core_scheduling, false, true},
    Attribute{"CPU affinity", reset_affinity, false, false},
    Attribute{"I/O priority", reset_io_priority, false, false},
    Attribute{"time stamp counter", reset_time_stamp_counter, false, false},
    Attribute{"timer slack", reset_timer_slack, false, false},
    Attribute{"memory policy", reset_memory_policy, false, false},
    Attribute{"core dump filter", reset_coredump_filter, false, false},
    Attribute{"huge pages", reset_huge_pages, false, false},
    Attribute{"machine checks", reset_machine_checks, false, false},
    Attribute{"I/O flusher", reset_io_flusher, false, false},
    Attribute{"speculation", reset_speculation, false, false},
    Attribute{"login user", reset_login_user, false, false},
};

}  // namespace

Result<void> reset_gateway_attributes() {
  for (const Attribute& attribute : kAttributes) {
    if (!attribute.of_gateway || attribute.reset() || !attribute.must) continue;
    return errno_error("the {} that this process was started with", attribute.name);
  }
  reset_signals();
  return {};
}

Result<void> reset_session_attributes() {
  for (const Attribute& attribute : kAttributes) {
    if (attribute.reset() || !attribute.must) continue;
    return errno_error("the {} of the session", attribute.name);
  }
  return {};
}

void reset_signals() {
  const KernelSigaction usual;
  for (int signal = 1; signal <= kLastSignal; ++signal) {
    ::syscall(SYS_rt_sigaction, signal, &usual, nullptr, sizeof(Signals));
  }
  const Signals none = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof(none));
}

}  // namespace zomg::sandbox
