#include "monitor/recorder/sandbox.h"

#include <array>

#include "common/sandbox/isolation.h"
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
  const sandbox::Bounds bounds{.processes = 0, .descriptors = kMaxDescriptors};
  if (auto isolated = sandbox::isolate(account, bounds); !isolated) return isolated;
  const std::array sets{sandbox::kRuntime, sandbox::SyscallSet{"control messages", kChannelNames},
                        sandbox::SyscallSet{"two terminals, and their sizes", kTerminalNames},
                        sandbox::SyscallSet{"the next file of a recording", kFileNames}};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::recorder
