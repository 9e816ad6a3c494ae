#include "sessiond/container/host_view.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include "sessiond/container/box_process.h"

namespace zomg::sessiond {

using common::errno_error;
using common::Fd;

common::Result<void> enter_host_view() {
  auto host = open_host_process();
  if (!host) return host.error();
  const Fd mounts(::openat(host->get(), "ns/mnt", O_RDONLY | O_CLOEXEC));
  const Fd cgroups(::openat(host->get(), "ns/cgroup", O_RDONLY | O_CLOEXEC));
  if (!mounts || !cgroups) return errno_error("the host's namespaces");
  struct stat theirs {};
  struct stat ours {};
  if (::fstat(mounts.get(), &theirs) != 0 || ::stat("/proc/self/ns/mnt", &ours) != 0) {
    return errno_error("ns/mnt");
  }
  if (theirs.st_ino == ours.st_ino) return {};
  if (::setns(cgroups.get(), CLONE_NEWCGROUP) != 0) return errno_error("setns: the host's cgroups");
  if (::setns(mounts.get(), CLONE_NEWNS) != 0) return errno_error("setns: the host's mounts");
  return {};
}

}  // namespace zomg::sessiond
