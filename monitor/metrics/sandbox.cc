#include "monitor/metrics/sandbox.h"

#include <array>

#include "common/limits.h"
#include "common/sandbox/isolation.h"
#include "common/sandbox/seccomp.h"

namespace zomg::metrics {
namespace {

using common::Result;

constexpr std::array kChannelNames{"recvfrom", "recvmsg", "poll", "ppoll"};
constexpr std::array kHttpNames{"epoll_wait", "epoll_pwait", "epoll_ctl",  "accept4",
                                "sendto",     "sendmsg",     "setsockopt", "getsockopt",
                                "shutdown",   "read",        "writev",     "fcntl"};

/// What each socket may have open, and a dozen beside: the standard three, the channel, libraries'.
constexpr rlim_t kMaxDescriptors = limits::kMaxListenAddresses * (limits::kMaxScrapes + 4) + 16;

}  // namespace

Result<void> enter_sandbox(const sandbox::Account& account) {
  const sandbox::Bounds bounds{.processes = 0, .descriptors = kMaxDescriptors};
  if (auto isolated = sandbox::isolate(account, bounds); !isolated) return isolated;
  const std::array sets{sandbox::kRuntime,
                        sandbox::SyscallSet{"events on the channel", kChannelNames},
                        sandbox::SyscallSet{"HTTP by libmicrohttpd", kHttpNames}};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::metrics
