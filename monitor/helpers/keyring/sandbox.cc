#include "monitor/helpers/keyring/sandbox.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include <array>

#include "common/base/limits.h"
#include "common/sandbox/counted_apart.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/seccomp/c_library.h"
#include "common/sandbox/seccomp/https_calls.h"
#include "common/sandbox/seccomp/seccomp.h"
#include "common/sandbox/signal_scope.h"

namespace zomg::keyring {
namespace {

using sandbox::arg;
using sandbox::kSocketKind;

constexpr auto kChannelCalls =
    std::to_array<sandbox::Call>({"recvfrom", "recvmsg", "sendmsg", "poll"});
constexpr auto kNameCalls = std::to_array<sandbox::Call>({
    {"openat", (arg(2) & (O_ACCMODE | O_CREAT)) == O_RDONLY},
    "read",
    "newfstatat",
    "fstat",  // fstat(3) since glibc 2.39
    "lseek",
    "uname",
    {"socket", arg(0) == AF_INET, (arg(1) & kSocketKind) == SOCK_DGRAM},
    {"socket", arg(0) == AF_INET6, (arg(1) & kSocketKind) == SOCK_DGRAM},
    {"socket", arg(0) == AF_NETLINK, arg(2) == NETLINK_ROUTE},      // which addresses this host has
    sandbox::refused({"socket", arg(0) == AF_UNIX}, EAFNOSUPPORT),  // nscd(8)
    {"setsockopt", arg(1) == IPPROTO_IP, arg(2) == IP_RECVERR},
    {"setsockopt", arg(1) == IPPROTO_IPV6, arg(2) == IPV6_RECVERR},
    "bind",
    "recvmsg",
    "sendmmsg",
    {"ioctl", arg(1) == FIONREAD},
});
constexpr auto kStateCalls = std::to_array<sandbox::Call>({
    "newfstatat",
    "fstat",
    "pread64",
    "pwrite64",
    "ftruncate",
    "fsync",
    {"fcntl", arg(1) == F_SETLK},
});

const std::array kSets{
    sandbox::kRuntime,
    sandbox::kThreads,  // one a name to resolve
    sandbox::SyscallSet{"the channel to the monitor", kChannelCalls},
    sandbox::kHttps,
    sandbox::SyscallSet{"the C library's resolver and its files", kNameCalls},
    sandbox::SyscallSet{"the state files", kStateCalls},
};

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account,
                                   const std::vector<sandbox::RootFile>& files) {
  sandbox::settle_c_library();
  if (auto entered = sandbox::enter_root_with({}, files); !entered) return entered;
  sandbox::count_apart();
  if (auto became = sandbox::become(account); !became) return became;
  if (auto set = sandbox::limit(RLIMIT_NOFILE, limits::kKeyringDescriptors); !set) return set;
  if (auto set = sandbox::limit(RLIMIT_FSIZE, limits::kMaxKeyringStateBytes); !set) return set;
#ifndef ZOMG_SANITIZED  // whose shadow memory counts as data
  if (auto set = sandbox::limit(RLIMIT_DATA, limits::kKeyringDataBytes); !set) return set;
#endif
  if (auto scoped = sandbox::scope_signals(); !scoped) return scoped;
  return sandbox::allow_only(kSets, sandbox::DeniedAction::kRefuse);
}

}  // namespace zomg::keyring
