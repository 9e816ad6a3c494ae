#include "monitor/recorder/sandbox.h"

#include <array>

#include "common/sandbox/resource_limit.h"
#include "common/sandbox/root.h"
#include "common/sandbox/seccomp.h"

namespace zomg::recorder {
namespace {

using common::Result;

constexpr std::array kChannelNames{"recvfrom", "recvmsg", "sendto", "sendmsg", "poll", "ppoll"};
constexpr std::array kTerminalNames{"read", "ioctl", "fcntl"};
constexpr std::array kFileNames{"openat"};

/// The standard three, two control sockets, two terminals, a signalfd, the directory, a file, and
/// what one packet may bring.
constexpr rlim_t kMaxDescriptors = 16;

}  // namespace

Result<void> enter_sandbox(const sandbox::Account& account) {
  if (auto left = sandbox::leave_network(); !left) return left;
  if (auto entered = sandbox::enter_empty_root(); !entered) return entered;
  if (auto limited = sandbox::limit(RLIMIT_NPROC, 0); !limited) return limited;
  if (auto limited = sandbox::limit(RLIMIT_NOFILE, kMaxDescriptors); !limited) return limited;
  if (auto became = sandbox::become(account); !became) return became;
  const std::array sets{sandbox::kRuntime, sandbox::SyscallSet{"control messages", kChannelNames},
                        sandbox::SyscallSet{"two terminals, and their sizes", kTerminalNames},
                        sandbox::SyscallSet{"the next file of a recording", kFileNames}};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::recorder
