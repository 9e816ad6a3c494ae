#include "sessiond/entry/seclusion.h"

#include <linux/capability.h>

#include "common/sandbox/root.h"

namespace zomg::sessiond {

common::Result<common::Fd> seclude(const sandbox::Account& account) {
  auto processes = sandbox::open_processes();
  if (!processes) return processes;
  if (auto left = sandbox::leave_network(); !left) return left.error();
  if (auto entered = sandbox::enter_empty_root(); !entered) return entered.error();
  if (auto became = sandbox::become(account, {}, {CAP_KILL}); !became) return became.error();
  return processes;
}

}  // namespace zomg::sessiond
