#include "monitor/resolver/sandbox.h"

#include <malloc.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <array>

#include "common/limits.h"
#include "common/sandbox/root.h"
#include "common/sandbox/seccomp.h"

namespace zomg::resolver {
namespace {

constexpr std::array kThreadNames{"rt_sigaction", "clone3", "set_robust_list", "rseq",
                                  "sched_getaffinity"};
constexpr std::array kChannelNames{"recvfrom", "recvmsg", "sendmsg"};
constexpr std::array kCurlNames{"socket", "connect",  "getsockopt", "getsockname", "getpeername",
                                "sendto", "recvfrom", "poll",       "fcntl",       "socketpair"};
constexpr std::array kMemfdNames{"memfd_create", "pwrite64", "fcntl", "newfstatat", "fstat"};
constexpr std::array kSocketFileNames{"newfstatat"};

constexpr std::array kSets{
    sandbox::SyscallSet{"a thread a lookup", kThreadNames},
    sandbox::SyscallSet{"requests and answers on the channel", kChannelNames},
    sandbox::SyscallSet{"libcurl's HTTP over a socket", kCurlNames},
    sandbox::SyscallSet{"the environment and the seccomp filter in sealed memfds", kMemfdNames},
    sandbox::SyscallSet{"whether the runtime's socket was replaced", kSocketFileNames},
};

/// What the C library would open files for when it first needs it.
void settle_c_library() {
  // The time zone: the first line of the log.
  ::tzset();
  // Every further arena of malloc reads /proc/sys/vm/overcommit_memory when it shrinks.
  ::mallopt(M_ARENA_MAX, 1);
}

common::Result<void> limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  if (::setrlimit(resource, &both) != 0) return common::errno_error("setrlimit");
  return {};
}

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account, const CriSocket& socket) {
  settle_c_library();
  const auto directories = socket.directories();
  auto entered =
      directories.empty() ? sandbox::enter_empty_root() : sandbox::enter_root_with(directories);
  if (!entered) return entered;
  if (auto became = sandbox::become(account, socket.groups()); !became) return became;
  if (auto set = limit(RLIMIT_NOFILE, limits::kResolverDescriptors); !set) return set;
#ifndef ZOMG_SANITIZED  // whose shadow memory counts as data
  if (auto set = limit(RLIMIT_DATA, limits::kResolverDataBytes); !set) return set;
#endif
  std::array<sandbox::SyscallSet, kSets.size() + 1> sets{sandbox::kRuntime};
  std::copy(kSets.begin(), kSets.end(), sets.begin() + 1);
  return sandbox::allow_only(sets);
}

}  // namespace zomg::resolver
