#include "listener/sandbox.h"

#include <array>

#include "common/limits.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/root.h"
#include "common/sandbox/seccomp.h"

namespace zomg::listener {
namespace {

using common::Result;

constexpr std::array kAcceptNames{
    "accept4", "getpeername", "getsockname", "poll",       "ppoll",     "recvfrom",
    "recvmsg", "sendmsg",     "sendto",      "setsockopt", "signalfd4", "read",
};
constexpr sandbox::SyscallSet kAccept{"accepting and refusing connections, IPC", kAcceptNames};

constexpr std::array kSpawnNames{"clone3", "fcntl", "dup2", "close_range", "waitid"};
constexpr sandbox::SyscallSet kSpawn{"starting and reaping connection processes", kSpawnNames};

/// A filter only ever narrows: what connections need on top has to be allowed here already.
constexpr std::array kConnectionNames{"ioctl", "getsockopt", "shutdown"};
constexpr sandbox::SyscallSet kConnection{"what connection processes need", kConnectionNames};

/// A process for each connection, and this one.
constexpr rlim_t kMaxProcesses = limits::kMaxConnections + 16;
/// A pidfd for each connection, the sockets, and a few at a time in the making.
constexpr rlim_t kMaxDescriptors = limits::kMaxConnections + limits::kMaxListenAddresses + 32;

}  // namespace

Result<void> enter_sandbox(const sandbox::Account& account) {
  if (auto left = sandbox::leave_network(); !left) return left;
  if (auto entered = sandbox::enter_empty_root(); !entered) return entered;
  if (auto limited = sandbox::limit(RLIMIT_NPROC, kMaxProcesses); !limited) return limited;
  if (auto limited = sandbox::limit(RLIMIT_NOFILE, kMaxDescriptors); !limited) return limited;
  if (auto became = sandbox::become(account); !became) return became;
  const std::array sets{sandbox::kRuntime, sandbox::kStartup, kAccept, kSpawn, kConnection};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::listener
