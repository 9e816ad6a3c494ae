#include "sessiond/namespaces.h"

#include <linux/sched.h>
#include <sched.h>

#include <array>
#include <cerrno>

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

common::Result<void> enter_namespaces(const BoxProcess& box) {
  int flags = 0;
  for (const Kind& kind : kKinds) {
    auto own = box.has_own_namespace(kind.name);
    // A kernel built without one kind has no file for it.
    if (!own && own.error().errno_value == ENOENT) continue;
    if (!own) return own.error();
    if (*own) flags |= kind.flag;
  }
  if (::setns(box.pidfd(), flags) != 0) return common::errno_error("setns");
  return {};
}

}  // namespace zomg::sessiond
