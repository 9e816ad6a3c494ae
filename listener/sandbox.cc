#include "listener/sandbox.h"

#include <array>

#include "common/limits.h"
#include "common/sandbox/isolation.h"
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
  const sandbox::Bounds bounds{.processes = kMaxProcesses, .descriptors = kMaxDescriptors};
  if (auto isolated = sandbox::isolate(account, bounds); !isolated) return isolated;
  const std::array sets{sandbox::kRuntime, sandbox::kStartup, kAccept, kSpawn, kConnection};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::listener
