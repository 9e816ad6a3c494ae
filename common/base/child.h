#pragma once

#include <sys/types.h>

#include <string>

#include "common/base/fd.h"
#include "common/base/result.h"

namespace zomg::common {

/// The descriptor on which every program of ours finds its IPC channel.
inline constexpr int kChannelFd = 3;

/// How a process ended, from waitid(2).
struct ExitStatus {
  int exit_code = 0;  ///< when `signal` is 0
  int signal = 0;
  bool core_dumped = false;

  /// "exit status 1", "signal 9".
  std::string describe() const;
};

/// The owner of a child process: its pid, and a pidfd that becomes readable when it has ended.
/// Destroying a Child neither kills nor reaps it.
class Child {
 public:
  Child() = default;
  Child(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }
  explicit operator bool() const { return pid_ > 0; }

  /// pidfd_send_signal(2); a child that has ended is no error.
  void kill(int signal) const;
  /// Waits for the end and reaps. Blocks until then.
  Result<ExitStatus> wait();

 private:
  pid_t pid_ = -1;
  Fd pidfd_;
};

/// fork(2) that also gives a pidfd. In the child the returned Child is empty. With a directory of
/// cgroup v2 the child is born in that cgroup (clone3(2) CLONE_INTO_CGROUP).
Result<Child> fork_child(int cgroup = -1);

/// Whether a clone(2) would be refused by what the kernel counts of our user (RLIMIT_NPROC), or of the
/// whole machine; false where the limit of a cgroup (pids.max) is what refuses it. Makes no process,
/// and leaves errno alone.
bool fork_is_refused_by_count();

/// The descriptors that a program starts with: 0, 1, 2 and kChannelFd. It gets no others.
struct ProgramFds {
  int input;
  int output;
  int error;
  int channel;
};

/// Starts the program that `executable` is open on, with an empty environment and no signal
/// blocked. Needs no path, so it works from an empty root.
Result<Child> spawn(int executable, const char* name, const ProgramFds& fds);

/// The same with an environment: for a program that is to read settings.
Result<Child> spawn_with_environment(int executable, const char* name, const ProgramFds& fds,
                                     char* const* environment);

/// Waits for child `pid` and reaps it.
Result<ExitStatus> reap(pid_t pid);

}  // namespace zomg::common
