#pragma once

#include <sys/resource.h>

#include "common/sandbox/identity.h"

namespace zomg::sandbox {

/// How many processes the account, and how many descriptors this process, may have.
struct Bounds {
  rlim_t processes = 0;
  rlim_t descriptors = 0;
};

/// Takes from this process, which is root, all but its descriptors: the network (an empty
/// namespace), files (an empty read-only root), processes and descriptors beyond `bounds`, signals
/// to others (signal_scope.h), and with `account` every privilege. What is left is for seccomp.h. Of what fails, the rest is not
/// done: the process must not go on.
common::Result<void> isolate(const Account& account, const Bounds& bounds);

}  // namespace zomg::sandbox
