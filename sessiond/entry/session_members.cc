#include "sessiond/entry/session_members.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <memory>
#include <string>

#include "common/base/fd.h"
#include "sessiond/container/box_process.h"

namespace zomg::sessiond {
namespace {

/// Whether the set of signals that a line of /proc/PID/status has has `signal`.
bool has_signal(const std::string& status, const std::string& line, int signal) {
  const std::size_t at = status.find("\n" + line + ":\t");
  if (at == std::string::npos) return false;
  std::uint64_t signals = 0;
  std::from_chars(status.data() + at + line.size() + 3, status.data() + status.size(), signals, 16);
  return (signals >> (signal - 1) & 1) != 0;
}

/// Whether `process` is a member of `session`; then it is in `member`.
bool read_member(int process, pid_t session, Member& member) {
  const auto stat = read_proc_file(process, "stat");
  // `pid (comm) state ppid pgrp session tty_nr tpgid …`; comm may hold anything.
  const std::size_t comm_end = stat ? stat->rfind(") ") : std::string::npos;
  if (comm_end == std::string::npos) return false;
  char state = 0;
  pid_t its_session = 0;
  if (std::sscanf(stat->c_str() + comm_end + 2,  // NOLINT(cert-err34-c): the kernel's own numbers
                  "%c %d %d %d %*d %d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %lu",
                  &state, &member.parent, &member.group, &its_session, &member.foreground,
                  &member.started) != 6) {
    return false;
  }
  if (its_session != session || state == 'Z' || state == 'X') return false;
  const auto status = read_proc_file(process, "status");
  if (!status) return false;
  member.controls_jobs =
      has_signal(*status, "SigCgt", SIGHUP) && has_signal(*status, "SigIgn", SIGTSTP);
  member.ignores_hangup = has_signal(*status, "SigIgn", SIGHUP);
  return true;
}

}  // namespace

void for_each_member(int proc, pid_t session,
                     const std::function<bool(const Member& member, int process)>& visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(
      ::fdopendir(::openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), ::closedir);
  if (!directory) return;
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe)
    Member member;
    const std::string name = entry->d_name;
    const char* end = name.data() + name.size();
    if (std::from_chars(name.data(), end, member.pid).ptr != end) continue;
    // Not O_PATH: pidfd_send_signal(2) takes none.
    const common::Fd process(::openat(proc, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!process || !read_member(process.get(), session, member)) continue;
    if (!visit(member, process.get())) return;
  }
}

void send_signal(int process, int signal) {
  ::syscall(SYS_pidfd_send_signal, process, signal, nullptr, 0);
}

}  // namespace zomg::sessiond
