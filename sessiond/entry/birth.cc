#include "sessiond/entry/birth.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

pid_t clone_sibling_into(int cgroup) {
  clone_args args{};
  args.flags = CLONE_PARENT | CLONE_INTO_CGROUP;
  args.cgroup = static_cast<std::uint64_t>(cgroup);
  return static_cast<pid_t>(::syscall(SYS_clone3, &args, sizeof(args)));
}

Result<pid_t> clone_into(const Cgroups& cgroups, const std::string& descent) {
  const auto directory = cgroups.open_unified(descent);
  if (!directory) return directory.error();
  const pid_t pid = clone_sibling_into(directory->get());
  if (pid < 0) return errno_error("clone into the box's cgroup");
  return pid;
}

}  // namespace

/// Not by clone3(2), which seccomp profiles refuse because they cannot look into its arguments.
pid_t fork_sibling() {
  return static_cast<pid_t>(::syscall(SYS_clone, CLONE_PARENT, nullptr, nullptr, nullptr, nullptr));
}

Result<void> be_born_in_box(const BoxProcess& box, const Cgroups& cgroups,
                            const ipc::Channel& supervisor) {
  auto pid = clone_into(cgroups, {});
  // Its processes have to be below since it was checked, and its first process is.
  if (!pid && pid.error().errno_value == EBUSY) {
    const auto now = box.read("cgroup");
    const std::string descent = now ? unified_descent(box.cgroups(), *now) : std::string();
    if (!descent.empty()) pid = clone_into(cgroups, descent);
  }
  if (!pid) return pid.error();
  if (*pid == 0) return {};
  (void)supervisor.send(EntryBorn{*pid}).has_value();
  ::_exit(0);
}

}  // namespace zomg::sessiond
