// Makes a running process call the system, as one that was taken over would: under its own filter,
// with its own account, descriptors and namespaces.
//
//   taken_over [--unfiltered] PID NUMBER [ARGUMENT…]
//
// Unfiltered it is as if the process had no filter, for a test that wants to know what only the process
// itself can be told by the kernel.
// Prints "returned N", N below 0 being a negated errno, or "killed by N". As root.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

static void fail(const char* what) {
  perror(what);
  exit(2);
}

/// Ends with its word where the process has.
static int wait_for_stop(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, __WALL) < 0) fail("waitpid");
  if (WIFSIGNALED(status)) {
    printf("killed by %d\n", WTERMSIG(status));
    exit(0);
  }
  if (!WIFSTOPPED(status)) exit(2);
  return status;
}

/// Runs it to its next system call, or the end of one. Signals that come meanwhile are its own.
static void go_on(pid_t pid) {
  long signal = 0;
  for (;;) {
    if (ptrace(PTRACE_SYSCALL, pid, 0, signal) != 0) fail("PTRACE_SYSCALL");
    const int status = wait_for_stop(pid);
    if (WSTOPSIG(status) == (SIGTRAP | 0x80)) return;
    signal = status >> 16 == 0 ? WSTOPSIG(status) : 0;
  }
}

/// Where the filter sends SIGSYS, its handler decides: the process dies, or the call has failed when the
/// handler returns.
static void let_handler_decide(pid_t pid) {
  struct __ptrace_peeksiginfo_args which = {0, 0, 1};
  siginfo_t info = {0};
  if (ptrace(PTRACE_PEEKSIGINFO, pid, &which, &info) != 1 || info.si_signo != SIGSYS) return;
  struct user_regs_struct registers;
  do {
    go_on(pid);
    if (ptrace(PTRACE_GETREGS, pid, 0, &registers) != 0) fail("PTRACE_GETREGS");
  } while (registers.orig_rax != SYS_rt_sigreturn);
  go_on(pid);
}

/// Has the two bytes before the next instruction, which are `syscall`, make call `number`.
static void make_again(struct user_regs_struct* registers, unsigned long long number) {
  registers->rip -= 2;
  registers->orig_rax = (unsigned long long)-1;
  registers->rax = number;
}

int main(int count, char** arguments) {
  long options = PTRACE_O_TRACESYSGOOD;
  if (count > 1 && strcmp(arguments[1], "--unfiltered") == 0) {
    options |= PTRACE_O_SUSPEND_SECCOMP;
    --count;
    ++arguments;
  }
  if (count < 3 || count > 9) return 2;
  const pid_t pid = atoi(arguments[1]);
  if (ptrace(PTRACE_SEIZE, pid, 0, options) != 0) fail("PTRACE_SEIZE");
  if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) != 0) fail("PTRACE_INTERRUPT");
  wait_for_stop(pid);
  struct user_regs_struct before, registers;
  if (ptrace(PTRACE_GETREGS, pid, 0, &before) != 0) fail("PTRACE_GETREGS");
  // Where it waits in a system call, what its next instruction follows is the one that makes one, which is
  // made again. Where it runs, its next system call becomes ours, and is made after it.
  const int waits = (long long)before.orig_rax >= 0;
  if (!waits) {
    go_on(pid);
    if (ptrace(PTRACE_GETREGS, pid, 0, &before) != 0) fail("PTRACE_GETREGS");
  }
  registers = before;
  if (waits) {
    make_again(&registers, strtoull(arguments[2], NULL, 0));
  } else {
    registers.orig_rax = strtoull(arguments[2], NULL, 0);
  }
  unsigned long long* places[] = {&registers.rdi, &registers.rsi, &registers.rdx,
                                  &registers.r10, &registers.r8,  &registers.r9};
  for (int i = 3; i < count; ++i) *places[i - 3] = strtoull(arguments[i], NULL, 0);
  if (ptrace(PTRACE_SETREGS, pid, 0, &registers) != 0) fail("PTRACE_SETREGS");
  if (waits) go_on(pid);
  go_on(pid);
  let_handler_decide(pid);
  if (ptrace(PTRACE_GETREGS, pid, 0, &registers) != 0) fail("PTRACE_GETREGS");
  printf("returned %lld\n", (long long)registers.rax);
  if (!waits) make_again(&before, before.orig_rax);
  if (ptrace(PTRACE_SETREGS, pid, 0, &before) != 0) fail("PTRACE_SETREGS");
  ptrace(PTRACE_DETACH, pid, 0, 0);
  return 0;
}
