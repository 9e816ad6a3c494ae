#include "race/changes.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace zomg::race {
namespace {

bool write_file(const char* path, std::string_view text) {
  const common::Fd file(::open(path, O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool set_capabilities(std::uint64_t inheritable, std::uint64_t permitted) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  for (unsigned word = 0; word < 2; ++word) {
    const auto part = static_cast<std::uint32_t>(permitted >> (32 * word));
    data[word] = {part, part, static_cast<std::uint32_t>(inheritable >> (32 * word))};
  }
  return ::syscall(SYS_capset, &header, data.data()) == 0;
}

/// Those that the gateway has, as an attacker may guess them: a session could not take on others.
std::uint64_t gateways_capabilities = 0;

std::uint64_t bounding_set() {
  std::uint64_t set = 0;
  for (unsigned long cap = 0; ::prctl(PR_CAPBSET_READ, cap) >= 0; ++cap) {
    if (::prctl(PR_CAPBSET_READ, cap) == 1) set |= 1ULL << cap;
  }
  return set;
}

bool raise_ambient(std::uint64_t capabilities) {
  return set_capabilities(1ULL << CAP_CHOWN, capabilities) &&
         ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0) == 0;
}

bool enter_user_namespace() {
  return ::unshare(CLONE_NEWUSER) == 0 && limit_capabilities(gateways_capabilities);
}

bool enter_mapped_user_namespace() {
  return enter_user_namespace() && write_file("/proc/self/setgroups", "deny") &&
         write_file("/proc/self/uid_map", "0 0 1") && write_file("/proc/self/gid_map", "0 0 1");
}

bool move_root() {
  return ::mount("/", "/mnt", nullptr, MS_BIND, nullptr) == 0 && ::chdir("/mnt") == 0 &&
         ::syscall(SYS_pivot_root, ".", ".") == 0 && ::umount2(".", MNT_DETACH) == 0;
}

bool limit_files(rlim_t soft, rlim_t hard) {
  const rlimit limit{soft, hard};
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/// One that allows everything.
bool load_filter() {
  sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const sock_fprog program{1, &allow};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

bool limit_capabilities(std::uint64_t capabilities) {
  if (gateways_capabilities == 0) gateways_capabilities = bounding_set();
  for (unsigned long cap = 0; ::prctl(PR_CAPBSET_READ, cap) >= 0; ++cap) {
    if ((capabilities >> cap & 1) == 0 && ::prctl(PR_CAPBSET_DROP, cap) != 0) return false;
  }
  return set_capabilities(0, capabilities);
}

bool carry_out(Change change, int orders) {
  switch (change) {
    case Change::kUserNamespace:
      return enter_user_namespace();
    case Change::kMappedUserNamespace:
      return enter_mapped_user_namespace();
    case Change::kOtherNamespaces:
      return ::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
                       CLONE_NEWCGROUP) == 0;
    case Change::kNextPidNamespace:
      return ::unshare(CLONE_NEWPID) == 0;
    case Change::kDropCapabilities:
      return limit_capabilities(0);
    case Change::kRaiseAmbient:
      return raise_ambient(bounding_set());
    case Change::kRoot:
      return ::chroot("/tmp") == 0;
    case Change::kPivot:
      return move_root();
    case Change::kLowerLimits:
      return limit_files(128, 128);
    case Change::kRaiseLimits:
      return limit_files(512, 512);
    case Change::kLowerOomScore:
      return write_file("/proc/self/oom_score_adj", "0");
    case Change::kRaiseOomScore:
      return write_file("/proc/self/oom_score_adj", "500");
    case Change::kUser:
      return ::setresuid(1000, 1000, 1000) == 0;
    case Change::kNoNewPrivileges:
      return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    case Change::kSeccompFilter:
      return load_filter();
    case Change::kExecutable:
      ::fcntl(orders, F_SETFD, FD_CLOEXEC);
      ::execl("/bin/sleep", "sleep", "1000", nullptr);
      return false;
    case Change::kDeath:
      ::_exit(0);
    case Change::kCgroup:
      break;
  }
  return false;
}

}  // namespace zomg::race
