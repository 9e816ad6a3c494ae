#pragma once

#include <sys/types.h>

namespace zomg::race {

/// The kernel does not do the system call that `pid` stands before, for the reason `reason` (errno).
void refuse(pid_t pid, int reason);
/// The second argument of that call.
unsigned long second_argument(pid_t pid);

}  // namespace zomg::race
