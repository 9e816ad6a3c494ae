#include "race/registers.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include <cerrno>
#include <cstddef>

#include "common/base/check.h"

namespace zomg::race {

#if defined(__x86_64__)

void refuse(pid_t pid, int reason) {
  CHECK(::ptrace(PTRACE_POKEUSER, pid, offsetof(user, regs.orig_rax), -1L) == 0);
  CHECK(::ptrace(PTRACE_POKEUSER, pid, offsetof(user, regs.rax), -static_cast<long>(reason)) == 0);
}

unsigned long second_argument(pid_t pid) {
  errno = 0;
  const long value = ::ptrace(PTRACE_PEEKUSER, pid, offsetof(user, regs.rsi), nullptr);
  CHECK(errno == 0);
  return static_cast<unsigned long>(value);
}

#elif defined(__aarch64__)

namespace {

user_regs_struct registers_of(pid_t pid) {
  user_regs_struct registers{};
  iovec place{&registers, sizeof(registers)};
  CHECK(::ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &place) == 0);
  return registers;
}

}  // namespace

void refuse(pid_t pid, int reason) {
  int none = -1;
  iovec number{&none, sizeof(none)};
  CHECK(::ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &number) == 0);
  user_regs_struct registers = registers_of(pid);
  registers.regs[0] = static_cast<unsigned long long>(-static_cast<long long>(reason));
  iovec place{&registers, sizeof(registers)};
  CHECK(::ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &place) == 0);
}

unsigned long second_argument(pid_t pid) {
  return registers_of(pid).regs[1];
}

#else
#error "which registers have a system call's number, arguments and result here?"
#endif

}  // namespace zomg::race
