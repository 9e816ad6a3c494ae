#include "monitor/keyring/sandbox.h"

#include <algorithm>
#include <array>

#include "common/limits.h"
#include "common/sandbox/c_library.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/seccomp.h"

namespace zomg::keyring {
namespace {

constexpr std::array kThreadNames{"rt_sigaction",      "clone3", "set_robust_list", "rseq",
                                  "sched_getaffinity", "prctl"};
constexpr std::array kChannelNames{"recvfrom", "recvmsg", "sendmsg", "poll"};
constexpr std::array kCurlNames{
    "socket",   "connect", "getsockopt", "setsockopt", "getsockname", "getpeername", "sendto",
    "recvfrom", "read",    "poll",       "fcntl",      "socketpair",  "ioctl",       "rt_sigaction",
};
constexpr std::array kNameNames{"openat",  "read",     "newfstatat", "lseek", "bind",
                                "recvmsg", "sendmmsg", "ioctl",      "uname"};
constexpr std::array kStateNames{"newfstatat", "pread64", "pwrite64",
                                 "ftruncate",  "fsync",   "fcntl"};

constexpr std::array kSets{
    sandbox::SyscallSet{"a thread a name to resolve", kThreadNames},
    sandbox::SyscallSet{"the channel to the monitor", kChannelNames},
    sandbox::SyscallSet{"libcurl's TLS over TCP", kCurlNames},
    sandbox::SyscallSet{"the C library's resolver and its files", kNameNames},
    sandbox::SyscallSet{"the state files", kStateNames},
};

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account,
                                   const std::vector<sandbox::RootFile>& files) {
  sandbox::settle_c_library();
  if (auto entered = sandbox::enter_root_with({}, files); !entered) return entered;
  if (auto became = sandbox::become(account); !became) return became;
  if (auto set = sandbox::limit(RLIMIT_NOFILE, limits::kKeyringDescriptors); !set) return set;
  if (auto set = sandbox::limit(RLIMIT_FSIZE, limits::kMaxKeyringStateBytes); !set) return set;
#ifndef ZOMG_SANITIZED  // whose shadow memory counts as data
  if (auto set = sandbox::limit(RLIMIT_DATA, limits::kKeyringDataBytes); !set) return set;
#endif
  std::array<sandbox::SyscallSet, kSets.size() + 1> sets{sandbox::kRuntime};
  std::copy(kSets.begin(), kSets.end(), sets.begin() + 1);
  return sandbox::allow_only(sets);
}

}  // namespace zomg::keyring
