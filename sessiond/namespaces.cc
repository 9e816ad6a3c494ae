#include "sessiond/namespaces.h"

#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/sandbox/identity.h"

namespace zomg::sessiond {
namespace {

struct Kind {
  const char* name;
  int flag;
};

constexpr std::array<Kind, 8> kKinds{{
    {"user", CLONE_NEWUSER},
    {"mnt", CLONE_NEWNS},
    {"net", CLONE_NEWNET},
    {"ipc", CLONE_NEWIPC},
    {"uts", CLONE_NEWUTS},
    {"pid", CLONE_NEWPID},
    {"cgroup", CLONE_NEWCGROUP},
    {"time", CLONE_NEWTIME},
}};

}  // namespace

common::Result<int> find_namespaces(const BoxProcess& box) {
  int namespaces = 0;
  for (const Kind& kind : kKinds) {
    const auto own = box.has_own_namespace(kind.name);
    if (!own) return own.error();
    if (*own) namespaces |= kind.flag;
  }
  return namespaces;
}

common::Result<void> enter_namespaces(const BoxProcess& box, int namespaces) {
  // A user namespace may forbid it inside (user_namespaces(7) /proc/PID/setgroups).
  if (::setgroups(0, nullptr) != 0) return common::errno_error("setgroups");
  if (::setns(box.pidfd(), namespaces & ~CLONE_NEWPID) != 0) return common::errno_error("setns");
  if (::setresgid(0, 0, 0) != 0) return common::errno_error("setresgid in the box");
  if (::setresuid(0, 0, 0) != 0) return common::errno_error("setresuid in the box");
  // In a user namespace that was a change of user, which may have made us dumpable again.
  return sandbox::forbid_tracing();
}

common::Result<void> enter_pid_namespace(const BoxProcess& box, int namespaces) {
  if ((namespaces & CLONE_NEWPID) != 0 && ::setns(box.pidfd(), CLONE_NEWPID) != 0) {
    return common::errno_error("setns into the pid namespace");
  }
  return {};
}

}  // namespace zomg::sessiond
