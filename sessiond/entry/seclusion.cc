#include "sessiond/entry/seclusion.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <unistd.h>

#include "common/sandbox/root.h"

namespace zomg::sessiond {

using common::errno_error;
using common::Fd;
using common::Result;

Result<Seclusion> Seclusion::make() {
  auto processes = sandbox::open_processes();
  if (!processes) return processes.error();
  const Fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const Fd self(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const Fd mounts(::openat(self.get(), "ns/mnt", O_RDONLY | O_CLOEXEC));
  if (!root || !mounts) return errno_error("our own mounts");
  if (auto left = sandbox::leave_network(); !left) return left.error();
  if (auto entered = sandbox::enter_empty_root(); !entered) return entered.error();
  Fd empty(::openat(self.get(), "ns/mnt", O_RDONLY | O_CLOEXEC));
  if (!empty) return errno_error("the mounts of the empty root");
  // That leads to the root of the namespace, which need not have been ours.
  if (::setns(mounts.get(), CLONE_NEWNS) != 0 || ::fchdir(root.get()) != 0 || ::chroot(".") != 0) {
    return errno_error("back from the empty root");
  }
  return Seclusion(std::move(empty), std::move(*processes));
}

Result<void> Seclusion::enter(const sandbox::Account& account) {
  if (::setns(mounts_.get(), CLONE_NEWNS) != 0) return errno_error("setns: the empty root");
  mounts_.reset();
  return sandbox::become(account, {}, {CAP_KILL});
}

}  // namespace zomg::sessiond
