#include "monitor/helpers/recorder/sandbox.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <array>

#include "common/sandbox/counted_apart.h"
#include "common/sandbox/isolation.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::recorder {
namespace {

using common::Result;

using sandbox::arg;

constexpr auto kChannelCalls =
    std::to_array<sandbox::Call>({"recvfrom", "recvmsg", "sendto", "sendmsg", "poll", "ppoll"});
constexpr auto kTerminalCalls = std::to_array<sandbox::Call>({
    "read",
    {"ioctl", arg(1) == TCGETS},
    {"ioctl", arg(1) == TCSETS},
    {"ioctl", arg(1) == TIOCGWINSZ},
    {"ioctl", arg(1) == TIOCSWINSZ},
    {"ioctl", arg(1) == TIOCGPTN},
    {"fcntl", arg(1) == F_GETFL},
    {"fcntl", arg(1) == F_SETFL, (arg(2) & O_ASYNC) == 0},
});
constexpr auto kFileCalls = std::to_array<sandbox::Call>({
    {"openat", (arg(2) & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)},
});

/// The standard three, two control sockets, two terminals, a signalfd, the directory, a file, and
/// what one packet may bring.
constexpr rlim_t kMaxDescriptors = 16;

}  // namespace

Result<void> enter_sandbox(const sandbox::Account& account) {
  sandbox::count_apart();
  const sandbox::Bounds bounds{.processes = 0, .descriptors = kMaxDescriptors};
  if (auto isolated = sandbox::isolate(account, bounds); !isolated) return isolated;
  const std::array sets{sandbox::kRuntime, sandbox::SyscallSet{"control messages", kChannelCalls},
                        sandbox::SyscallSet{"two terminals, and their sizes", kTerminalCalls},
                        sandbox::SyscallSet{"the next file of a recording", kFileCalls}};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::recorder
