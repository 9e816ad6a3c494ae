#pragma once

#include <sys/types.h>

namespace zomg::sessiond {

/// Sends SIGKILL to the members of process group `group` that do not ignore SIGHUP: nohup(1) means
/// to stay. `proc` is open on the /proc of the gateway's pid namespace.
void kill_unless_ignoring_hangup(int proc, pid_t group);

/// Whether process group `group` has a member besides its leader that has not ended.
bool has_other_members(int proc, pid_t group);

}  // namespace zomg::sessiond
