#include "listener/sandbox.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>

#include <array>

#include "common/base/limits.h"
#include "common/sandbox/counted_apart.h"
#include "common/sandbox/isolation.h"
#include "common/sandbox/seccomp/connection_calls.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::listener {
namespace {

using common::Result;

using sandbox::arg;

constexpr auto kAcceptCalls = std::to_array<sandbox::Call>({
    "accept4",
    "getpeername",
    "getsockname",
    "poll",
    "ppoll",
    "recvfrom",
    "recvmsg",
    "sendmsg",
    "sendto",
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_NODELAY},
    {"setsockopt", arg(1) == SOL_SOCKET, arg(2) == SO_KEEPALIVE},
    "signalfd4",
    "read",
});
constexpr auto kSpawnCalls = std::to_array<sandbox::Call>({
    {"clone", arg(0) == (CLONE_PIDFD | SIGCHLD)},
    {"fcntl", arg(1) == F_DUPFD_CLOEXEC},
    {"fcntl", arg(1) == F_SETFD},
    "dup2",
    "close_range",
    "getuid",
    "geteuid",
    "waitid",
    // It has pidfds of no others, and gets none.
    {"pidfd_send_signal", arg(1) == SIGKILL, arg(3) == 0},
});
constexpr std::array kSets{
    sandbox::SyscallSet{"accepting and refusing connections, IPC", kAcceptCalls},
    sandbox::SyscallSet{"starting, ending and reaping connection processes", kSpawnCalls},
};

/// A process for each connection, and this one.
constexpr rlim_t kMaxProcesses = limits::kMaxConnections + 16;
/// A pidfd for each connection, the sockets, and a few at a time in the making.
constexpr rlim_t kMaxDescriptors = limits::kMaxConnections + limits::kMaxListenAddresses + 32;

}  // namespace

Result<void> enter_sandbox(const sandbox::Account& account) {
  const sandbox::Bounds bounds{.processes = kMaxProcesses, .descriptors = kMaxDescriptors};
  // It starts connection processes, whose number the bound is for; not what a box has of that account.
  if (auto isolated = sandbox::isolate(sandbox::own_account(account), bounds); !isolated)
    return isolated;
  // That a connection process signals itself cannot be let through, for its pid is not known yet:
  // abort(3) ends it by SIGSYS.
  const std::array sets{sandbox::kRuntime,           sandbox::kStartup,          kSets[0], kSets[1],
                        sandbox::kConnectionSets[0], sandbox::kConnectionSets[1]};
  // A connection process refuses what it does not know, in a filter of its own, and killing here would
  // kill there.
  return sandbox::allow_only(sets, sandbox::DeniedAction::kRefuseInherited);
}

}  // namespace zomg::listener
