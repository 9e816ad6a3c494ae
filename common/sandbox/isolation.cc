#include "common/sandbox/isolation.h"

#include "common/sandbox/resource_limit.h"
#include "common/sandbox/root.h"
#include "common/sandbox/signal_scope.h"

namespace zomg::sandbox {

common::Result<void> isolate(const Account& account, const Bounds& bounds) {
  if (auto left = leave_network(); !left) return left;
  if (auto entered = enter_empty_root(); !entered) return entered;
  if (auto limited = limit(RLIMIT_NPROC, bounds.processes); !limited) return limited;
  if (auto limited = limit(RLIMIT_NOFILE, bounds.descriptors); !limited) return limited;
  if (auto became = become(account); !became) return became;
  return scope_signals();
}

}  // namespace zomg::sandbox
