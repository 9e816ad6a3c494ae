#include "monitor/helpers/metrics/sandbox.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "common/base/limits.h"

namespace zomg::metrics {
namespace {

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

constexpr sandbox::SyscallSet kChannel{"events on the channel", kChannelCalls};
constexpr sandbox::SyscallSet kHttp{"HTTP by libmicrohttpd", kHttpCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &kChannel, &kHttp};

constexpr std::array kLimits{
    program::Limit{RLIMIT_NPROC, 0},
    // What each socket may have open, and a dozen beside: the standard three, the channel, libraries'.
    program::Limit{RLIMIT_NOFILE, limits::kMaxListenAddresses*(limits::kMaxScrapes + 4) + 16},
};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-metrics",
                                  .short_name = "zomg-ssh-metrics",
                                  .ignored_signals = program::kUntilItsEnd,
                                  .descriptors = program::kHelperDescriptors,
                                  .counted = program::Counted::kApart,
                                  .limits = kLimits,
                                  .calls = kCalls,
                                  .otherwise = sandbox::DeniedAction::kRefuse};

}  // namespace zomg::metrics
