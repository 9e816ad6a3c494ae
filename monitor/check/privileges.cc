#include <sys/capability.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "monitor/check/checks.h"

namespace zomg::monitor::check {
namespace {

struct Needed {
  cap_value_t capability;
  const char* name;
  const char* reason;
};

constexpr std::array kNeeded{
    Needed{CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "to enter namespaces and to lay out empty roots"},
    Needed{CAP_SYS_CHROOT, "CAP_SYS_CHROOT", "to enter mount namespaces"},
    Needed{CAP_SYS_PTRACE, "CAP_SYS_PTRACE", "to open the namespaces of a box's process"},
    Needed{CAP_SETUID, "CAP_SETUID", "to run each process under its own account"},
    Needed{CAP_SETGID, "CAP_SETGID", "to run each process under its own account"},
    Needed{CAP_SETPCAP, "CAP_SETPCAP", "to narrow the capability bounding set"},
    Needed{CAP_KILL, "CAP_KILL", "to end what a vanished client leaves"},
};

void check_resource_limits(const ResourceLimits& limits, Findings& findings) {
  // The messages say what to do.
  for (const common::Error& limit : limits.too_low) findings.add("resource limits", limit, {});
  for (const common::Error& limit : limits.low) {
    findings.warning("resource limits", limit.message, {});
  }
  if (limits.too_low.empty() && limits.low.empty()) findings.good("resource limits");
}

}  // namespace

void check_privileges(const ResourceLimits& limits, Findings& findings) {
  check_resource_limits(limits, findings);
  if (::geteuid() != 0) {
    return findings.bad("privileges", "not root", "Run the gateway, and this check, as root");
  }
  const std::unique_ptr<_cap_struct, int (*)(void*)> own(cap_get_proc(), cap_free);
  for (const Needed& needed : kNeeded) {
    cap_flag_value_t permitted = CAP_CLEAR;
    const bool known =
        own && cap_get_flag(own.get(), needed.capability, CAP_PERMITTED, &permitted) == 0;
    if (known && permitted == CAP_SET && cap_get_bound(needed.capability) == 1) {
      findings.good(needed.name);
      continue;
    }
    findings.bad(needed.name, fmt::format("missing; it is needed {}", needed.reason),
                 "Add it to securityContext.capabilities, or to CapabilityBoundingSet of the unit");
  }
}

}  // namespace zomg::monitor::check
