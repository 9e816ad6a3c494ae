/* Executes a program with unusual values of what it then inherits:

     odd_start NAME... -- PROGRAM ARGUMENT...

   Each NAME is a row of the table below, or `all`. What the kernel, or a lack of privileges, does not
   allow is said, and left as it is. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/mempolicy.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#endif

static int put(const char* path, const char* text) {
  const int file = open(path, O_WRONLY);
  if (file < 0) return -1;
  const ssize_t written = write(file, text, strlen(text));
  close(file);
  return written < 0 ? -1 : 0;
}

static int set_prctl(int option, unsigned long value, unsigned long second) {
  return prctl(option, value, second, 0UL, 0UL);
}

/* As a login of root's has it. */
static int keyring(void) {
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
      syscall(SYS_add_key, "user", "of-the-gateway", "secret", 6, KEY_SPEC_SESSION_KEYRING) < 0 ||
      syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING) < 0) {
    return -1;
  }
  return syscall(SYS_keyctl, KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_USER_KEYRING) < 0 ? -1 : 0;
}

/* Also the two that the library keeps to itself, 32 and 33. */
static int ignored_signals(void) {
  static const int signals[] = {SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1, SIGWINCH, 32, 33, 64};
  const struct {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    uint64_t mask;
  } ignore = {.handler = 1};
  for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); ++i) {
    if (syscall(SYS_rt_sigaction, signals[i], &ignore, NULL, sizeof(ignore.mask)) != 0) return -1;
  }
  return 0;
}

static int blocked_signals(void) {
  const uint64_t all = ~(uint64_t)0;
  return syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
}

static int pending_signals(void) {
  return blocked_signals() == 0 && raise(SIGUSR2) == 0 && raise(SIGALRM) == 0 ? 0 : -1;
}

/* The first ends a program that does not stop it, within the time that a test takes. */
static int timers(void) {
  const struct itimerval soon = {{0, 0}, {3, 0}}, late = {{0, 0}, {100000, 0}};
  return setitimer(ITIMER_REAL, &soon, NULL) == 0 && setitimer(ITIMER_VIRTUAL, &late, NULL) == 0 &&
                 setitimer(ITIMER_PROF, &late, NULL) == 0
             ? 0
             : -1;
}

static int scheduling(void) {
  const struct sched_param none = {0};
  return setpriority(PRIO_PROCESS, 0, 7) == 0 && sched_setscheduler(0, SCHED_BATCH, &none) == 0
             ? 0
             : -1;
}

/* The bounds of its utilization, which few kernels have. */
static int utilization(void) {
  const struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
    uint32_t util_min, util_max;
  } attr = {.size = 56, .flags = 0x08 | 0x10 | 0x20 | 0x40, .util_min = 300, .util_max = 700};
  return (int)syscall(SYS_sched_setattr, 0, &attr, 0);
}

static int affinity(void) {
  cpu_set_t first;
  CPU_ZERO(&first);
  CPU_SET(0, &first);
  return sched_setaffinity(0, sizeof(first), &first);
}

static int autogroup(void) {
  return put("/proc/self/autogroup", "5");
}

static int io_priority(void) {
  return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
}

static int timer_slack(void) {
  return set_prctl(PR_SET_TIMERSLACK, 7000000, 0);
}

static int memory_policy(void) {
  const unsigned long first = 1;
  return syscall(SYS_set_mempolicy, MPOL_BIND, &first, 8 * sizeof(first));
}

/* The second stays where the kernel takes others back, as a program gains capabilities. */
static int odd_personality(void) {
  return personality(PER_LINUX | ADDR_NO_RANDOMIZE | WHOLE_SECONDS) < 0 ? -1 : 0;
}

static int odd_umask(void) {
  umask(0);
  return 0;
}

static int coredump_filter(void) {
  return put("/proc/self/coredump_filter", "0x7f");
}

static int huge_pages(void) {
  return set_prctl(PR_SET_THP_DISABLE, 1, 0);
}

static int memory_merge(void) {
  return set_prctl(PR_SET_MEMORY_MERGE, 1, 0);
}

static int machine_checks(void) {
  return set_prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY);
}

static int store_bypass(void) {
  return set_prctl(PR_SET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, PR_SPEC_DISABLE);
}

static int indirect_branch(void) {
  return set_prctl(PR_SET_SPECULATION_CTRL, PR_SPEC_INDIRECT_BRANCH, PR_SPEC_DISABLE);
}

static int io_flusher(void) {
  return set_prctl(PR_SET_IO_FLUSHER, 1, 0);
}

static int secure_bits(void) {
  return set_prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_NO_CAP_AMBIENT_RAISE, 0);
}

static int subreaper(void) {
  return set_prctl(PR_SET_CHILD_SUBREAPER, 1, 0);
}

static int death_signal(void) {
  return set_prctl(PR_SET_PDEATHSIG, SIGUSR1, 0);
}

static int login_user(void) {
  return put("/proc/self/loginuid", "4242");
}

/* From the exec on. */
static int time_offsets(void) {
  return unshare(CLONE_NEWTIME) == 0 ? put("/proc/self/timens_offsets", "boottime 4242 0") : -1;
}

static int core_scheduling(void) {
  return prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0UL, 0UL, 0UL);
}

static const struct {
  const char* name;
  int (*set)(void);
} rows[] = {
    {"keyring", keyring},
    {"ignored-signals", ignored_signals},
    {"blocked-signals", blocked_signals},
    {"pending-signals", pending_signals},
    {"timers", timers},
    {"scheduling", scheduling},
    {"utilization", utilization},
    {"affinity", affinity},
    {"core-scheduling", core_scheduling},
    {"autogroup", autogroup},
    {"io-priority", io_priority},
    {"timer-slack", timer_slack},
    {"memory-policy", memory_policy},
    {"personality", odd_personality},
    {"umask", odd_umask},
    {"coredump-filter", coredump_filter},
    {"huge-pages", huge_pages},
    {"memory-merge", memory_merge},
    {"machine-checks", machine_checks},
    {"store-bypass", store_bypass},
    {"indirect-branch", indirect_branch},
    {"io-flusher", io_flusher},
    {"secure-bits", secure_bits},
    {"subreaper", subreaper},
    {"death-signal", death_signal},
    {"login-user", login_user},
    {"time-offsets", time_offsets},
};

static void set(const char* name) {
  int found = 0;
  for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); ++row) {
    if (strcmp(rows[row].name, name) != 0 && strcmp("all", name) != 0) continue;
    found = 1;
    errno = 0;
    if (rows[row].set() == 0) continue;
    fprintf(stderr, "odd_start: not %s: %s\n", rows[row].name, strerror(errno));
  }
  if (found) return;
  fprintf(stderr, "odd_start: there is no %s\n", name);
  exit(2);
}

int main(int argc, char** argv) {
  int next = 1;
  for (; next < argc && strcmp(argv[next], "--") != 0; ++next) set(argv[next]);
  if (next + 1 >= argc) {
    fprintf(stderr, "usage: odd_start NAME... -- PROGRAM ARGUMENT...\n");
    return 2;
  }
  execv(argv[next + 1], argv + next + 1);
  perror(argv[next + 1]);
  return 1;
}
