#pragma once

#include <sys/types.h>

#include <map>
#include <optional>

#include "sessiond/entry/session_members.h"

namespace zomg::sessiond {

/// The end of a session that its program did not choose: SIGHUP for its members, in whichever
/// process groups, and SIGKILL later for those that do not ignore SIGHUP, as nohup(1) has it. What
/// setsid(2) took elsewhere is no member.
///
/// On a terminal a shell that controls jobs answers for the process groups that its children lead:
/// bash(1), zsh(1) and fish(1) pass SIGHUP on, but to no job that was disowned. A child that lives after that was let go, with all that comes from it. What
/// a job started in a group of its own (timeout(1), `set -m`) shares the job's fate. The shell's own
/// group and the one in the foreground are never let go.
class Hangup {
 public:
  /// `proc` is open on the /proc of the gateway's pid namespace. `session` is the pid of a process
  /// that leads a session and is not reaped while this is used.
  Hangup(int proc, pid_t session, bool terminal)
      : proc_(proc), session_(session), terminal_(terminal) {}

  /// Sees who comes from whom. To be called before anybody was hung up.
  void look();
  /// Sends SIGHUP, and SIGCONT, without which a stopped process does not act on it.
  void tell();
  /// Sends SIGKILL.
  void kill();
  /// Sends SIGKILL to all members, whatever they ignore and whoever let them go.
  void kill_all();
  /// Whether the session has a member besides its leader.
  bool has_others() const;
  /// Whether it has one, besides its leader, that is to end.
  bool has_others_to_end();

 private:
  using Members = std::map<pid_t, Member>;

  Members members() const;
  /// Whether the members of process group `group` are to end. `now` are those that live.
  bool is_to_end(pid_t group, const Members& now);
  bool decide(pid_t group, const Members& now);

  int proc_;
  pid_t session_;
  bool terminal_;
  pid_t foreground_ = -1;
  Members before_;
  std::map<pid_t, bool> decided_;  ///< of each group, since the last look at who lives
};

}  // namespace zomg::sessiond
