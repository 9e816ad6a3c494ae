/* Prints what this process has from whoever started it, across fork and exec, and what /proc's
   status, limits and ns do not show: `name: value`, a line each. */

#include <errno.h>
#include <linux/keyctl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif
#ifndef PR_GET_MEMORY_MERGE
#define PR_GET_MEMORY_MERGE 68
#endif

static void show(const char* name, long value) {
  if (value >= 0) {
    printf("%s: %ld\n", name, value);
  } else {
    printf("%s: %s\n", name, strerror(errno));
  }
}

static void show_prctl(const char* name, int option, unsigned long argument) {
  show(name, prctl(option, argument, 0UL, 0UL, 0UL));
}

/* Of those that give an int back. */
static void show_prctl_int(const char* name, int option) {
  int value = 0;
  const int done = prctl(option, &value, 0UL, 0UL, 0UL);
  show(name, done == 0 ? value : done);
}

static void show_file(const char* name, const char* path) {
  char line[256];
  FILE* file = fopen(path, "r");
  if (file == NULL) return show(name, -1);
  int count = 0;
  while (fgets(line, sizeof(line), file) != NULL) {
    line[strcspn(line, "\n")] = 0;
    printf("%s%s: %s\n", name, count++ > 0 ? ", more" : "", line);
  }
  if (count == 0) printf("%s: nothing\n", name);
  fclose(file);
}

/* Its number is chance. */
static void show_autogroup(void) {
  int nice = 0;
  FILE* file = fopen("/proc/self/autogroup", "r");
  if (file == NULL) return show("autogroup", -1);
  if (fscanf(file, "%*s nice %d", &nice) != 1) nice = 0;
  printf("nice of the autogroup: %d\n", nice);
  fclose(file);
}

static void show_scheduling(void) {
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
    uint32_t util_min, util_max;
  } attr = {0};
  if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) != 0) return show("scheduling", -1);
  show("scheduling policy", attr.policy);
  show("scheduling flags", (long)attr.flags);
  show("nice", attr.nice);
  show("real-time priority", attr.priority);
  show("scheduling runtime", (long)attr.runtime);
  show("least utilization", attr.util_min);
  show("most utilization", attr.util_max);
}

static void show_bits(const char* name, const unsigned char* bits, size_t size) {
  printf("%s: ", name);
  while (size > 1 && bits[size - 1] == 0) --size;
  while (size > 0) printf("%02x", bits[--size]);
  printf("\n");
}

static void show_affinity(void) {
  unsigned char mask[1024] = {0};
  if (syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask) < 0) return show("CPU affinity", -1);
  show_bits("CPU affinity", mask, sizeof(mask));
}

static void show_memory_policy(void) {
  unsigned char nodes[128] = {0};
  int mode = 0;
  if (syscall(SYS_get_mempolicy, &mode, nodes, 8 * sizeof(nodes), NULL, 0) != 0) {
    return show("memory policy", -1);
  }
  show("memory policy", mode);
  show_bits("memory policy's nodes", nodes, sizeof(nodes));
}

/* The library hides two signals. */
static void show_signals(void) {
  struct {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    uint64_t mask;
  } action;
  uint64_t ignored = 0, set = 0;
  for (int signal = 1; signal <= 64; ++signal) {
    memset(&action, 0, sizeof(action));
    syscall(SYS_rt_sigaction, signal, NULL, &action, sizeof(action.mask));
    if (action.handler == 1) ignored |= (uint64_t)1 << (signal - 1);
  }
  printf("ignored signals: %016llx\n", (unsigned long long)ignored);
  syscall(SYS_rt_sigprocmask, 0, NULL, &set, sizeof(set));
  printf("blocked signals: %016llx\n", (unsigned long long)set);
  set = 0;
  syscall(SYS_rt_sigpending, &set, sizeof(set));
  printf("pending signals: %016llx\n", (unsigned long long)set);
}

static void show_timers(void) {
  static const char* names[] = {"timer, real", "timer, virtual", "timer, profiling"};
  for (int which = 0; which < 3; ++which) {
    struct itimerval timer;
    const int done = getitimer(which, &timer);
    show(names[which],
         done == 0 ? timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0 : done);
  }
}

static void show_keyring(const char* path, long ring) {
  int serials[64];
  char text[256];
  const long size = syscall(SYS_keyctl, KEYCTL_READ, ring, serials, sizeof(serials));
  if (size < 0) return show(path, -1);
  if (size == 0) printf("%s: nothing\n", path);
  for (long i = 0; i < size / (long)sizeof(serials[0]) && i < 64; ++i) {
    const long described = syscall(SYS_keyctl, KEYCTL_DESCRIBE, serials[i], text, sizeof(text));
    printf("%s: %s\n", path, described < 0 ? strerror(errno) : text);
  }
}

static void show_core_scheduling(void) {
  uint64_t cookie = 0;
  const int done = prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, 0UL, 0UL, &cookie);
  show("core scheduling", done == 0 ? cookie != 0 : done);
}

int main(void) {
  show_signals();
  show_timers();
  show_scheduling();
  show_affinity();
  show_core_scheduling();
  show_autogroup();
  show("I/O priority", syscall(SYS_ioprio_get, 1, 0));
  show_prctl("timer slack", PR_GET_TIMERSLACK, 0);
  show_memory_policy();
  show("personality", personality(0xffffffff));
  show_file("core dump filter", "/proc/self/coredump_filter");
  show_prctl("huge pages disabled", PR_GET_THP_DISABLE, 0);
  show_prctl("merging of memory", PR_GET_MEMORY_MERGE, 0);
  show_prctl("no memory both writable and executable", PR_GET_MDWE, 0);
  show_prctl_int("time stamp counter", PR_GET_TSC);
  show_prctl("machine checks", PR_MCE_KILL_GET, 0);
  show_prctl("speculation, store bypass", PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS);
  show_prctl("speculation, indirect branch", PR_GET_SPECULATION_CTRL, PR_SPEC_INDIRECT_BRANCH);
  show_prctl("speculation, L1D flush", PR_GET_SPECULATION_CTRL, PR_SPEC_L1D_FLUSH);
  show_prctl("I/O flusher", PR_GET_IO_FLUSHER, 0);
  show_prctl("secure bits", PR_GET_SECUREBITS, 0);
  show_prctl("dumpable", PR_GET_DUMPABLE, 0);
  show_prctl_int("subreaper", PR_GET_CHILD_SUBREAPER);
  show_prctl_int("parent-death signal", PR_GET_PDEATHSIG);
  show_file("login user", "/proc/self/loginuid");
  show_file("audit session", "/proc/self/sessionid");
  show_file("time offsets", "/proc/self/timens_offsets");
  show_file("label of keys", "/proc/self/attr/keycreate");
  show_file("label of sockets", "/proc/self/attr/sockcreate");
  show_file("label of files", "/proc/self/attr/fscreate");
  show_keyring("session keyring", KEY_SPEC_SESSION_KEYRING);
  show("keyring of requested keys",
       syscall(SYS_keyctl, KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_NO_CHANGE));
  return 0;
}
