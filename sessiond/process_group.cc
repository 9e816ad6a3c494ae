#include "sessiond/process_group.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "common/fd.h"
#include "sessiond/box_process.h"

namespace zomg::sessiond {
namespace {

/// From proc(5) /proc/PID/stat: `pid (comm) state ppid pgrp …`; comm may hold anything.
struct Stat {
  char state = 0;
  pid_t group = 0;
};

std::optional<Stat> read_stat(int process) {
  const auto text = read_proc_file(process, "stat");
  const std::size_t comm_end = text ? text->rfind(") ") : std::string::npos;
  if (comm_end == std::string::npos) return std::nullopt;
  Stat stat;
  int parent = 0;
  if (std::sscanf(text->c_str() + comm_end + 2, "%c %d %d", &stat.state, &parent,  // NOLINT
                  &stat.group) != 3) {
    return std::nullopt;
  }
  return stat;
}

bool ignores_hangup(int process) {
  const auto status = read_proc_file(process, "status");
  const std::size_t at = status ? status->find("\nSigIgn:\t") : std::string::npos;
  if (at == std::string::npos) return false;
  std::uint64_t ignored = 0;
  std::from_chars(status->data() + at + 9, status->data() + status->size(), ignored, 16);
  return (ignored >> (SIGHUP - 1) & 1) != 0;
}

/// Calls `visit` with the pid and the /proc directory of each member of `group` that has not ended,
/// until it returns false.
template <typename Visit>
void for_each_member(int proc, pid_t group, Visit visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(
      ::fdopendir(::openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), ::closedir);
  if (!directory) return;
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe)
    pid_t pid = 0;
    const std::string name = entry->d_name;
    const char* end = name.data() + name.size();
    if (std::from_chars(name.data(), end, pid).ptr != end) continue;
    const common::Fd process(::openat(proc, name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const auto stat = process ? read_stat(process.get()) : std::nullopt;
    if (!stat || stat->group != group || stat->state == 'Z') continue;
    if (!visit(pid, process.get())) return;
  }
}

}  // namespace

void kill_unless_ignoring_hangup(int proc, pid_t group) {
  for_each_member(proc, group, [](pid_t pid, int process) {
    if (!ignores_hangup(process)) ::kill(pid, SIGKILL);
    return true;
  });
}

bool has_other_members(int proc, pid_t group) {
  bool found = false;
  for_each_member(proc, group, [&found, group](pid_t pid, int) {
    found = pid != group;
    return !found;
  });
  return found;
}

}  // namespace zomg::sessiond
