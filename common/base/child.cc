#include "common/base/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "common/base/count_remedy.h"
#include "common/base/uninterrupted.h"

namespace zomg::common {
namespace {

/// The sanitizers' run-time options are the one thing of the environment that a program may need.
char* const* child_environment() {
#ifdef ZOMG_SANITIZED
  return environ;
#else
  static char* const empty[] = {nullptr};
  return empty;
#endif
}

/// clone(2), into whose flags a seccomp filter can look, which it cannot into those of clone3(2).
long clone_process(int* pidfd) {
  return ::syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, nullptr, pidfd, nullptr, nullptr);
}

long clone_into(int cgroup, int& pidfd) {
  clone_args args{};
  args.flags = CLONE_PIDFD | CLONE_INTO_CGROUP;
  args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  args.cgroup = static_cast<std::uint64_t>(cgroup);
  return ::syscall(SYS_clone3, &args, sizeof(args));
}

/// Between fork and exec: nothing here allocates.
[[noreturn]] void exec_program(int executable, const char* name, const ProgramFds& fds,
                               char* const* environment) {
  // Copies above the targets first, so that no descriptor is overwritten before it is used.
  const int exe = ::fcntl(executable, F_DUPFD_CLOEXEC, kChannelFd + 1);
  std::array<int, 4> sources{fds.input, fds.output, fds.error, fds.channel};
  for (int& source : sources) source = ::fcntl(source, F_DUPFD_CLOEXEC, kChannelFd + 1);
  for (int target = 0; target <= kChannelFd; ++target) {
    if (exe < 0 || !install_fd(sources[static_cast<std::size_t>(target)], target)) ::_exit(126);
  }
  // A real user id of our own (counted_apart.h) is for ourselves.
  if (::getuid() != ::geteuid() && ::syscall(SYS_setresuid, ::geteuid(), -1, -1) != 0) ::_exit(126);
  if (::syscall(SYS_close_range, kChannelFd + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) ::_exit(126);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::array<char*, 2> argv{const_cast<char*>(name), nullptr};
  ::syscall(SYS_execveat, exe, "", argv.data(), environment, AT_EMPTY_PATH);
  ::_exit(127);
}

}  // namespace

std::string ExitStatus::describe() const {
  return signal != 0 ? fmt::format("signal {}", signal) : fmt::format("exit status {}", exit_code);
}

void Child::kill(int signal) const {
  if (pidfd_) ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0);
}

Result<ExitStatus> Child::wait() {
  auto status = reap(pid_);
  pid_ = -1;
  pidfd_.reset();
  return status;
}

Result<Child> fork_child(int cgroup) {
  int pidfd = -1;
  const auto clone = [&] { return cgroup < 0 ? clone_process(&pidfd) : clone_into(cgroup, pidfd); };
  long pid = clone();
  const bool refused = pid < 0 && errno == EAGAIN && cgroup < 0;
  if (refused && fork_is_refused_by_count() && remedy_count()) pid = clone();
  if (pid < 0) return errno_error("clone");
  if (pid == 0) return Child();
  return Child(static_cast<pid_t>(pid), Fd(pidfd));
}

bool fork_is_refused_by_count() {
  const int error = errno;
  // The kernel looks at the user's and the machine's numbers first, then writes the pidfd, which it cannot
  // there (EFAULT), and asks the cgroups last.
  const long pid = clone_process(reinterpret_cast<int*>(std::uintptr_t{0} - sizeof(int)));
  if (pid == 0) ::_exit(0);
  const bool refused = pid < 0 && errno == EAGAIN;
  if (pid > 0) static_cast<void>(reap(static_cast<pid_t>(pid)));
  errno = error;
  return refused;
}

Result<Child> spawn(int executable, const char* name, const ProgramFds& fds) {
  return spawn_with_environment(executable, name, fds, child_environment());
}

Result<Child> spawn_with_environment(int executable, const char* name, const ProgramFds& fds,
                                     char* const* environment) {
  auto child = fork_child();
  if (child && !*child) exec_program(executable, name, fds, environment);
  return child;
}

Result<ExitStatus> reap(pid_t pid) {
  siginfo_t info{};
  const auto wait = [&] { return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED); };
  if (uninterrupted(wait) != 0) return errno_error("waitid");
  ExitStatus status;
  if (info.si_code == CLD_EXITED) {
    status.exit_code = info.si_status;
  } else {
    status.signal = info.si_status;
    status.core_dumped = info.si_code == CLD_DUMPED;
  }
  return status;
}

}  // namespace zomg::common
