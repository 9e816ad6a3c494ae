#include "sessiond/box_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

constexpr std::size_t kMaxProcFileBytes = 1024 * 1024;
/// Runtimes' container IDs have 64 hexadecimal digits; much less would be found by accident.
constexpr std::size_t kMinContainerIdBytes = 32;

Result<int> pid_of(int pidfd) {
  const Fd directory(::open("/proc/self/fdinfo", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return errno_error("/proc/self/fdinfo");
  auto text = read_proc_file(directory.get(), std::to_string(pidfd).c_str());
  if (!text) return text.error();
  const std::size_t at = text->find("\nPid:\t");
  if (at == std::string::npos) return common::error("not a pidfd");
  return std::atoi(text->c_str() + at + 6);  // NOLINT(cert-err34-c): the kernel's own number
}

Result<ino_t> inode(int directory, const std::string& name) {
  struct stat status {};
  if (::fstatat(directory, name.c_str(), &status, 0) != 0) return errno_error("{}", name);
  return status.st_ino;
}

/// Whether one component of one path in a /proc/PID/cgroup text contains the ID: `<id>` with the
/// cgroupfs driver, `cri-containerd-<id>.scope` or `crio-<id>.scope` with systemd's.
bool names_container(std::string_view cgroups, std::string_view id) {
  return id.size() >= kMinContainerIdBytes &&
         std::all_of(id.begin(), id.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }) &&
         cgroups.find(id) != std::string_view::npos;
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

}  // namespace

Result<std::string> read_proc_file(int directory, const char* name) {
  const Fd file(::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return errno_error("{}", name);
  std::string text;
  while (text.size() < kMaxProcFileBytes) {
    const std::size_t size = text.size();
    text.resize(size + 4096);
    const ssize_t got = ::read(file.get(), text.data() + size, 4096);
    if (got < 0) return errno_error("{}", name);
    text.resize(size + static_cast<std::size_t>(got));
    if (got == 0) return text;
  }
  return common::error("{} is too long", name);
}

Result<Fd> open_host_process() {
  Fd first(::open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!first) return errno_error("/proc/1");
  auto visible = inode(first.get(), "ns/mnt");
  if (visible) return first;
  if (!process_2_is_kernel_thread()) return visible.error().with_context("/proc/1");
  Fd kernel_thread(::open("/proc/2", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!kernel_thread) return errno_error("/proc/2");
  return kernel_thread;
}

bool BoxProcess::alive() const {
  pollfd ended{pidfd_.get(), POLLIN, 0};
  return ::poll(&ended, 1, 0) == 0;
}

Result<std::string> BoxProcess::read(const char* name) const {
  return read_proc_file(proc_.get(), name);
}

Result<bool> BoxProcess::has_own_namespace(const char* name) const {
  const std::string path = fmt::format("ns/{}", name);
  auto ours = inode(AT_FDCWD, "/proc/self/" + path);
  auto theirs = inode(proc_.get(), path);
  const bool unknown = !ours && !theirs && ours.error().errno_value == ENOENT &&
                       theirs.error().errno_value == ENOENT && alive();
  if (unknown) return false;
  if (!theirs) return theirs.error();
  if (!ours) return ours.error();
  return *theirs != *ours;
}

Result<BoxProcess> BoxProcess::check(Fd pidfd, const messages::BoxClaim& claim) {
  auto pid = pid_of(pidfd.get());
  if (!pid) return pid.error();
  if (*pid != claim.pid) return common::error("pidfd of process {}, not {}", *pid, claim.pid);
  Fd proc(::open(fmt::format("/proc/{}", *pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!proc) return errno_error("/proc/{}", *pid);
  BoxProcess process(std::move(pidfd), std::move(proc));
  // The pid was not used again if its first owner lives after the directory was opened.
  if (!process.alive()) return common::error("process {} has ended", *pid);

  auto cgroups = process.read("cgroup");
  if (!cgroups) return cgroups.error();
  if (!names_container(*cgroups, claim.container_id)) {
    return common::error("process {} is not in a cgroup of container {}", *pid,
                         claim.container_id.value);
  }
  auto own = process.has_own_namespace("mnt");
  if (!own) return own.error();
  auto theirs = inode(process.proc_.get(), "ns/mnt");
  if (!theirs) return theirs.error();
  auto host = open_host_process();
  if (!host) return host.error();
  auto hosts = inode(host->get(), "ns/mnt");
  if (!hosts) return hosts.error();
  if (!*own || *theirs == *hosts) {
    return common::error("process {} has the mount namespace of the gateway or the host", *pid);
  }
  return process;
}

}  // namespace zomg::sessiond
