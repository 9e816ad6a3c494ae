#include "sessiond/container/namespaces.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/sandbox/identity.h"

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

struct Kind {
  const char* name;  ///< below /proc/PID
  int flag;
};

/// In the order in which they are entered: the user namespace takes from us what the others need.
constexpr std::array<Kind, 8> kKindTable{{
    {"ns/mnt", CLONE_NEWNS},
    {"ns/net", CLONE_NEWNET},
    {"ns/ipc", CLONE_NEWIPC},
    {"ns/uts", CLONE_NEWUTS},
    {"ns/cgroup", CLONE_NEWCGROUP},
    {"ns/time", CLONE_NEWTIME},
    {"ns/pid", CLONE_NEWPID},
    {"ns/user", CLONE_NEWUSER},
}};

std::size_t index_of(int flag) {
  const auto found = std::find_if(kKindTable.begin(), kKindTable.end(),
                                  [flag](const Kind& kind) { return kind.flag == flag; });
  CHECK(found != kKindTable.end());
  return static_cast<std::size_t>(found - kKindTable.begin());
}

}  // namespace

Result<Namespaces::Identity> Namespaces::identify(int process, const char* name) {
  struct stat status {};
  if (::fstatat(process, name, &status, 0) != 0) return errno_error("{}", name);
  return Identity{status.st_dev, status.st_ino};
}

Result<Namespaces> Namespaces::open(int process) {
  static_assert(kKindTable.size() == kKinds);
  Namespaces opened;
  for (std::size_t i = 0; i < kKinds; ++i) {
    const char* name = kKindTable[i].name;
    Namespace& space = opened.namespaces_[i];
    space.fd = Fd(::openat(process, name, O_RDONLY | O_CLOEXEC));
    if (!space.fd) {
      const auto error = errno_error("{}", name);
      // No process has one, or this one has ended.
      const auto ours = identify(AT_FDCWD, fmt::format("/proc/self/{}", name).c_str());
      if (error.errno_value == ENOENT && !ours && ours.error().errno_value == ENOENT) continue;
      return error;
    }
    struct stat status {};
    if (::fstat(space.fd.get(), &status) != 0) return errno_error("{}", name);
    space.identity = {status.st_dev, status.st_ino};
  }
  return opened;
}

Result<bool> Namespaces::is_of(int process, std::size_t index, const char* name) const {
  if (!namespaces_[index].fd) return true;
  const auto seen = identify(process, name);
  if (!seen) return seen.error();
  return *seen == namespaces_[index].identity;
}

Result<bool> Namespaces::are_of(int process) const {
  for (std::size_t i = 0; i < kKinds; ++i) {
    auto same = is_of(process, i, kKindTable[i].name);
    if (!same || !*same) return same;
  }
  return true;
}

Result<std::uint32_t> Namespaces::shared_by(int process) const {
  std::uint32_t shared = 0;
  for (std::size_t i = 0; i < kKinds; ++i) {
    if (!namespaces_[i].fd) continue;
    const auto same = is_of(process, i, kKindTable[i].name);
    if (!same) return same.error();
    if (*same) shared |= static_cast<std::uint32_t>(kKindTable[i].flag);
  }
  return shared;
}

Result<bool> Namespaces::shared_by(int process, int kind) const {
  const std::size_t i = index_of(kind);
  return is_of(process, i, kKindTable[i].name);
}

Result<void> Namespaces::enter(int self) const {
  // A user namespace may forbid it inside (user_namespaces(7) /proc/PID/setgroups).
  if (::setgroups(0, nullptr) != 0) return errno_error("setgroups");
  for (std::size_t i = 0; i < kKinds; ++i) {
    const auto& [name, flag] = kKindTable[i];
    if (flag == CLONE_NEWPID) continue;
    auto there = is_of(self, i, name);
    if (!there) return there.error();
    if (!*there && ::setns(namespaces_[i].fd.get(), flag) != 0)
      return errno_error("setns {}", name);
    there = is_of(self, i, name);
    if (!there) return there.error();
    if (!*there) return common::error("{} was not entered", name);
  }
  if (::setresgid(0, 0, 0) != 0) return errno_error("setresgid in the box");
  if (::setresuid(0, 0, 0) != 0) return errno_error("setresuid in the box");
  // In a user namespace that was a change of user, which may have made us dumpable again.
  return sandbox::forbid_tracing();
}

Result<void> Namespaces::enter_pid_namespace(int self) const {
  constexpr const char* kOfChildren = "ns/pid_for_children";
  const std::size_t i = index_of(CLONE_NEWPID);
  auto there = is_of(self, i, kOfChildren);
  if (!there) return there.error();
  if (!*there && ::setns(namespaces_[i].fd.get(), CLONE_NEWPID) != 0) {
    return errno_error("setns {}", kKindTable[i].name);
  }
  there = is_of(self, i, kOfChildren);
  if (!there) return there.error();
  return *there ? Result<void>() : common::error("{} was not entered", kOfChildren);
}

}  // namespace zomg::sessiond
