#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>

namespace zomg::sessiond {

/// A process of a session that has not ended, from proc(5).
struct Member {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t foreground = 0;       ///< the process group in the foreground of its terminal, or -1
  std::uint64_t started = 0;  ///< with the pid, who it is
  /// A shell at a terminal, which passes SIGHUP on to its jobs: it catches SIGHUP, and ignores SIGTSTP
  /// as all must that control jobs.
  bool controls_jobs = false;
  bool ignores_hangup = false;
};

/// Calls `visit` with each member of session `session`, and with its directory in /proc, until it
/// returns false. `proc` is open on the /proc of the gateway's pid namespace.
void for_each_member(int proc, pid_t session,
                     const std::function<bool(const Member& member, int process)>& visit);

/// Sends a signal to the process whose directory in /proc is `process`: to no other that has its
/// pid by now.
void send_signal(int process, int signal);

}  // namespace zomg::sessiond
