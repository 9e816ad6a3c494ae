#include "common/sandbox/refused_call.h"

#include <seccomp.h>
#include <signal.h>
#include <ucontext.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "common/log.h"

namespace zomg::sandbox {
namespace {

/// Looked up beforehand: nothing can be allocated in the handler. Those over the end have none.
std::array<const char*, 512> names{};

void say(const char* text) {
  log::put(text);
}

void say_number(std::uint64_t number) {
  std::array<char, 2 + 2 * sizeof(number) + 1> text{"0x"};
  std::size_t digits = 1;
  while (digits < 2 * sizeof(number) && number >> 4 * digits != 0) ++digits;
  for (std::size_t i = 0; i < digits; ++i) {
    text[2 + i] = "0123456789abcdef"[number >> 4 * (digits - 1 - i) & 0xf];
  }
  say(text.data());
}

/// Of a call that was refused for them, these are what matters.
void say_arguments([[maybe_unused]] const void* context) {
#ifdef __x86_64__
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  const char* before = "(";
  for (const int argument : {REG_RDI, REG_RSI, REG_RDX}) {
    say(before);
    say_number(static_cast<std::uint64_t>(registers[argument]));
    before = ", ";
  }
  say(")");
#endif
}

void on_refused_call(int /*signal*/, siginfo_t* info, void* context) {
  const auto number = static_cast<std::size_t>(info->si_syscall);
  const char* name = number < names.size() ? names[number] : nullptr;
  say("sandbox: refused the system call ");
  say(name != nullptr ? name : "without a name");
  say_arguments(context);
  say("\n");
  ::raise(SIGSYS);  // SA_RESETHAND: this one kills
}

}  // namespace

void report_refused_calls() {
  for (std::size_t number = 0; number < names.size(); ++number) {
    if (names[number] != nullptr) continue;
    names[number] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number));
  }
  struct sigaction action {};
  action.sa_sigaction = on_refused_call;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | static_cast<int>(SA_RESETHAND);  // it is unsigned
  ::sigaction(SIGSYS, &action, nullptr);
}

}  // namespace zomg::sandbox
