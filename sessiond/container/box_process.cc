#include "sessiond/container/box_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "common/base/io/bytes.h"
#include "common/base/log.h"
#include "common/base/quoted.h"
#include "sessiond/container/blame.h"
#include "sessiond/container/container_cgroup.h"
#include "sessiond/container/host_view.h"

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Failure;
using common::Fd;
using common::Result;

constexpr std::size_t kMaxProcFileBytes = 1024 * 1024;

Result<int> pid_of(int pidfd) {
  const Fd directory(::open("/proc/self/fdinfo", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return errno_error("/proc/self/fdinfo");
  auto text = read_proc_file(directory.get(), std::to_string(pidfd).c_str());
  if (!text) return text.error();
  const std::size_t at = text->find("\nPid:\t");
  if (at == std::string::npos) return common::error("not a pidfd");
  return std::atoi(text->c_str() + at + 6);  // NOLINT(cert-err34-c): the kernel's own number
}

bool is_alive(int pidfd) {
  pollfd ended{pidfd, POLLIN, 0};
  return ::poll(&ended, 1, 0) == 0;
}

/// Whether that came of it that the process is no more, or about to be.
bool has_ended(const common::Error& error) {
  return error.errno_value == ESRCH || error.errno_value == ENOENT;
}

/// Why nothing can be read of it.
common::Error unreadable(const messages::BoxClaim& claim, bool ended, const common::Error& error) {
  if (!ended && !has_ended(error)) return blamed(Step::kFirstProcess, error);
  return common::error("process {} has ended", claim.pid).as(Failure::kBoxStopped);
}

/// Whether process 2 is the kernel's: PF_KTHREAD among the flags in /proc/2/stat (proc(5)).
bool process_2_is_kernel_thread() {
  constexpr unsigned kKernelThread = 0x00200000;
  const Fd process(::open("/proc/2", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!process) return false;
  const auto stat = read_proc_file(process.get(), "stat");
  unsigned flags = 0;
  return stat &&
         std::sscanf(stat->c_str(), "2 (kthreadd) %*c %*d %*d %*d %*d %*d %u",  // NOLINT
                     &flags) == 1 &&
         (flags & kKernelThread) != 0;
}

/// Those that are the host's; an Error where its mount namespace is that, or ours.
Result<std::uint32_t> find_host_namespaces(const Namespaces& namespaces) {
  const Fd self(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!self) return errno_error("/proc/self");
  const auto host = open_host_process();
  if (!host) return host.error();
  const auto ours = namespaces.shared_by(self.get(), CLONE_NEWNS);
  if (!ours) return ours.error();
  auto hosts = namespaces.shared_by(host->get());
  if (!hosts) return hosts.error();
  if (*ours || (*hosts & CLONE_NEWNS) != 0) {
    return common::error("it has the mount namespace of the gateway or the host");
  }
  return hosts;
}

}  // namespace

Result<std::string> read_proc_file(int directory, const char* name) {
  const Fd file(::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return errno_error("{}", name);
  auto text = common::read_all(file.get(), kMaxProcFileBytes);
  if (!text) return text.error().with_context(name);
  return text;
}

Result<Fd> open_host_process() {
  Fd first(::open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!first) return errno_error("/proc/1");
  struct stat status {};
  if (::fstatat(first.get(), "ns/mnt", &status, 0) == 0) return first;
  const auto invisible = errno_error("/proc/1/ns/mnt");
  if (!process_2_is_kernel_thread()) return invisible;
  Fd kernel_thread(::open("/proc/2", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!kernel_thread) return errno_error("/proc/2");
  return kernel_thread;
}

bool BoxProcess::alive() const {
  return is_alive(pidfd_.get());
}

Result<std::string> BoxProcess::read(const char* name) const {
  return read_proc_file(proc_.get(), name);
}

Failure BoxProcess::change() const {
  const auto same = namespaces_.are_of(proc_.get());
  if (!alive() || (!same && has_ended(same.error()))) return Failure::kBoxStopped;
  if (!same) log::warning("the box's first process: {}", same.error().message);
  return same && *same ? Failure::kNone : Failure::kBoxChanged;
}

Result<BoxProcess> BoxProcess::check(Fd pidfd, const messages::BoxClaim& claim) {
  auto pid = pid_of(pidfd.get());
  if (!pid) return pid.error().as(Failure::kNotAContainer);
  // Of one that was reaped the kernel says -1 (pidfd_open(2)).
  const bool reaped = *pid < 0;
  if (!reaped && *pid != claim.pid) {
    return common::error("pidfd of process {}, not {}", *pid, claim.pid)
        .as(Failure::kNotAContainer);
  }
  Fd proc(::open(fmt::format("/proc/{}", *pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const auto no_proc = errno_error("/proc/{}", *pid);
  // The pid was not used again if its first owner lives after the directory was opened.
  const bool ended = reaped || !is_alive(pidfd.get());
  auto namespaces = proc && !ended ? Namespaces::open(proc.get()) : no_proc;
  if (ended || !namespaces) return unreadable(claim, ended, namespaces.error());
  auto hosts = find_host_namespaces(*namespaces);
  if (!hosts) {
    return hosts.error().with_context(fmt::format("process {}", *pid)).as(Failure::kNotAContainer);
  }
  // Only now: that check was also that the box is not the pod that the gateway itself is.
  if (auto entered = enter_host_view(); !entered) {
    return entered.error().as(Failure::kEnterFailed);
  }
  auto cgroups = read_proc_file(proc.get(), "cgroup");
  if (!cgroups) return unreadable(claim, false, cgroups.error());
  if (!is_in_cgroup_of_container(*cgroups, claim.record.cgroup, claim.container_id)) {
    return common::error("process {} is not in the cgroup {} of container {}", *pid,
                         common::quoted(claim.record.cgroup), common::quoted(claim.container_id))
        .as(Failure::kNotAContainer);
  }
  return BoxProcess(std::move(pidfd), std::move(proc), std::move(*namespaces), *hosts,
                    std::move(*cgroups));
}

}  // namespace zomg::sessiond
