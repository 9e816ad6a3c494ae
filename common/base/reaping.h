#pragma once

#include <sys/types.h>

#include <functional>

#include "common/base/child.h"

namespace zomg::common {

/// Reaps children that have ended, the eldest first and a bounded number: who makes them may be
/// faster. A program in a box makes children of its parent's by clone(2) with CLONE_PARENT. Calls
/// `on_end` for each. Stops before `kept`, a child whose end somebody else waits for. Whether it is
/// to be called again soon.
bool reap_some(const std::function<void(pid_t, const Result<ExitStatus>&)>& on_end,
               pid_t kept = -1);

/// The owner of a child of ours that another process made for us (clone(2) CLONE_PARENT), and named. An
/// Error where `pid` is no child of ours, or was reaped. A child keeps its pid until then.
Result<Child> adopt(pid_t pid);

}  // namespace zomg::common
