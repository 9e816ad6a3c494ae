#include "monitor/helpers/metrics/sandbox.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>

#include "common/base/limits.h"
#include "common/sandbox/isolation.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::metrics {
namespace {

using common::Result;

using sandbox::arg;

constexpr auto kChannelCalls =
    std::to_array<sandbox::Call>({"recvfrom", "recvmsg", "poll", "ppoll"});
constexpr auto kHttpCalls = std::to_array<sandbox::Call>({
    "epoll_wait",
    "epoll_pwait",
    "epoll_ctl",
    "accept4",
    "sendto",
    "sendmsg",
    "shutdown",
    "read",
    "writev",
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_NODELAY},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_CORK},
    {"getsockopt", arg(1) == SOL_SOCKET},
    {"fcntl", arg(1) == F_GETFL},
    {"fcntl", arg(1) == F_SETFL, (arg(2) & O_ASYNC) == 0},
    {"fcntl", arg(1) == F_GETFD},
    {"fcntl", arg(1) == F_SETFD},
});

/// What each socket may have open, and a dozen beside: the standard three, the channel, libraries'.
constexpr rlim_t kMaxDescriptors = limits::kMaxListenAddresses * (limits::kMaxScrapes + 4) + 16;

}  // namespace

Result<void> enter_sandbox(const sandbox::Account& account) {
  const sandbox::Bounds bounds{.processes = 0, .descriptors = kMaxDescriptors};
  if (auto isolated = sandbox::isolate(account, bounds); !isolated) return isolated;
  const std::array sets{sandbox::kRuntime,
                        sandbox::SyscallSet{"events on the channel", kChannelCalls},
                        sandbox::SyscallSet{"HTTP by libmicrohttpd", kHttpCalls}};
  return sandbox::allow_only(sets, sandbox::DeniedAction::kRefuse);
}

}  // namespace zomg::metrics
