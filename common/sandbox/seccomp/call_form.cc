#include "common/sandbox/seccomp/call_form.h"

#include <seccomp.h>

#include <algorithm>
#include <array>

namespace zomg::sandbox {
namespace {

struct Form {
  std::string_view name;
  const char* newer;
};

/// What the C library calls where there is no call of the name.
constexpr std::array kForms{
    Form{"access", "faccessat"},
    Form{"dup2", "dup3"},
    Form{"epoll_create", "epoll_create1"},
    Form{"epoll_wait", "epoll_pwait"},
    Form{"getdents", "getdents64"},
    Form{"open", "openat"},
    Form{"poll", "ppoll"},
    Form{"readlink", "readlinkat"},
    Form{"stat", "newfstatat"},
};

const char* newer_form(std::string_view name) {
  const auto* found = std::find_if(kForms.begin(), kForms.end(),
                                   [&](const Form& form) { return form.name == name; });
  return found == kForms.end() ? nullptr : found->newer;
}

}  // namespace

common::Result<const char*> call_form(const Call& call, std::uint32_t architecture) {
  const auto is_there = [architecture](const char* name) {
    return seccomp_syscall_resolve_name_arch(architecture, name) >= 0;
  };
  if (seccomp_syscall_resolve_name_arch(architecture, call.name) == __NR_SCMP_ERROR) {
    return common::error("no system call is named {}", call.name);
  }
  if (is_there(call.name)) return call.name;
  const char* newer = newer_form(call.name);
  if (newer == nullptr) return newer;
  if (call.conditions[0].kind != Condition::Kind::kNone) {
    return common::error("the conditions of {} are not about {}", call.name, newer);
  }
  if (!is_there(newer))
    return common::error("neither {} nor {} is a system call", call.name, newer);
  return newer;
}

}  // namespace zomg::sandbox
