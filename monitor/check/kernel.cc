#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "common/base/fd.h"
#include "monitor/check/checks.h"
#include "monitor/files/file.h"

namespace zomg::monitor::check {
namespace {

using common::Fd;

constexpr std::string_view kNewKernel = "Run Linux 5.14 or later";

Fd call_pidfd_open() {
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
}

Fd call_openat2() {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS;
  return Fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how))));
}

bool memfd_seals() {
  const Fd memory(::memfd_create("check", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  return memory && ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL) == 0;
}

bool close_range_works() {
  return ::syscall(SYS_close_range, ~0U, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

/// Whether a call is there: it refuses arguments that are nothing with another error than ENOSYS.
bool is_there(long number) {
  return ::syscall(number, -1, nullptr, 0, nullptr, 0) >= 0 || errno != ENOSYS;
}

bool seccomp_can_kill() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

void report(Findings& findings, std::string_view name, bool there) {
  if (there) return findings.good(fmt::format("kernel: {}", name));
  findings.bad(fmt::format("kernel: {}", name), "not there", kNewKernel);
}

/// The types of file systems that are mounted here, from proc(5) mountinfo.
bool has_mount_of(std::string_view mountinfo, std::string_view type) {
  return mountinfo.find(fmt::format(" - {} ", type)) != std::string_view::npos;
}

void check_cgroups(Findings& findings) {
  constexpr std::size_t kMaxMountinfoBytes = 16UL * 1024 * 1024;
  const auto mounts = read_file("/proc/self/mountinfo", kMaxMountinfoBytes, StrictModes::kNo);
  if (!mounts) {
    return findings.bad("cgroups", mounts.error().message, "Mount /proc");
  }
  const bool v1 = has_mount_of(*mounts, "cgroup");
  const bool v2 = has_mount_of(*mounts, "cgroup2");
  if (!v1 && !v2) {
    return findings.bad("cgroups", "no hierarchy is mounted here",
                        "Mount the host's /sys/fs/cgroup into the gateway's container");
  }
  findings.good("cgroups", v1 && v2 ? "v1 and v2" : v1 ? "v1" : "v2");
}

}  // namespace

void check_kernel(Findings& findings) {
  report(findings, "pidfd_open", static_cast<bool>(call_pidfd_open()));
  report(findings, "openat2", static_cast<bool>(call_openat2()));
  report(findings, "sealed memfd", memfd_seals());
  report(findings, "close_range", close_range_works());
  report(findings, "clone3", is_there(SYS_clone3));
  report(findings, "fsopen", is_there(SYS_fsopen));
  report(findings, "mount_setattr", is_there(SYS_mount_setattr));
  report(findings, "seccomp", seccomp_can_kill());
  check_cgroups(findings);
}

}  // namespace zomg::monitor::check
