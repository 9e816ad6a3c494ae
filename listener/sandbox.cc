#include "listener/sandbox.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>

#include "common/base/limits.h"
#include "common/sandbox/seccomp/connection_calls.h"

namespace zomg::listener {
namespace {

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
constexpr sandbox::SyscallSet kAccepting{"accepting and refusing connections, IPC", kAcceptCalls};
constexpr sandbox::SyscallSet kSpawning{"starting, ending and reaping connection processes",
                                        kSpawnCalls};
// That a connection process signals itself cannot be let through, for its pid is not known yet:
// abort(3) ends it by SIGSYS.
constexpr std::array kCalls{
    &sandbox::kRuntime, &sandbox::kStartup,           &kAccepting,
    &kSpawning,         &sandbox::kConnectionSets[0], &sandbox::kConnectionSets[1]};

constexpr std::array kLimits{
    // A process for each connection, and this one.
    program::Limit{RLIMIT_NPROC, limits::kMaxConnections + 16},
    // A pidfd for each connection, the sockets, and a few at a time in the making.
    program::Limit{RLIMIT_NOFILE, limits::kMaxConnections + limits::kMaxListenAddresses + 32},
};

}  // namespace

// It starts connection processes, whose number the limit is for, not what a box has of that account: so it
// is a user of its own. A connection process refuses what it does not know, in a filter of its own, and
// killing here would kill there.
constinit const program::Row kRow{.name = "zomg-ssh-listener",
                                  .short_name = "zomg-ssh-listen",
                                  .ignored_signals = program::kBrokenPipe,
                                  .descriptors = program::kHelperDescriptors,
                                  .counted = program::Counted::kAsOwnUser,
                                  .limits = kLimits,
                                  .calls = kCalls,
                                  .otherwise = sandbox::DeniedAction::kRefuseInherited};

}  // namespace zomg::listener
