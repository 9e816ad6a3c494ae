#include "monitor/base/privileges.h"

#include <sys/capability.h>

#include <array>
#include <memory>

#include "common/sandbox/counted_apart.h"
#include "common/sandbox/identity.h"
#include "monitor/base/resource_limits.h"

namespace zomg::monitor {

using common::errno_error;

common::Result<void> reduce_privileges() {
  sandbox::count_apart();
  sandbox::count_apart_whenever_found();
  if (auto forbidden = sandbox::forbid_tracing(); !forbidden) return forbidden;
  if (auto raised = raise_soft_limits(); !raised) return raised;
  const std::unique_ptr<_cap_struct, int (*)(void*)> kept(cap_init(), cap_free);
  const std::array<cap_value_t, 2> permitted{CAP_KILL, CAP_SETUID};
  const std::array<cap_value_t, 1> effective{CAP_KILL};
  if (!kept || cap_set_flag(kept.get(), CAP_PERMITTED, 2, permitted.data(), CAP_SET) != 0 ||
      cap_set_flag(kept.get(), CAP_EFFECTIVE, 1, effective.data(), CAP_SET) != 0 ||
      cap_set_proc(kept.get()) != 0) {
    return errno_error("cap_set_proc");
  }
  return {};
}

}  // namespace zomg::monitor
