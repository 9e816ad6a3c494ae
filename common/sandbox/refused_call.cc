#include "common/sandbox/refused_call.h"

#include <seccomp.h>
#include <signal.h>

#include <array>
#include <cstdlib>

#include "common/log.h"

namespace zomg::sandbox {
namespace {

/// Looked up beforehand: nothing can be allocated in the handler. Those over the end have none.
std::array<const char*, 512> names{};

void say(const char* text) {
  log::put(text);
}

void on_refused_call(int /*signal*/, siginfo_t* info, void* /*context*/) {
  const auto number = static_cast<std::size_t>(info->si_syscall);
  const char* name = number < names.size() ? names[number] : nullptr;
  say("sandbox: refused the system call ");
  say(name != nullptr ? name : "without a name");
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
