#include "monitor/helpers/log/sandbox.h"

#include <array>

#include "common/sandbox/isolation.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::log_writer {
namespace {

constexpr auto kLineCalls = std::to_array<sandbox::Call>({"poll", "ppoll", "recvfrom", "recvmsg"});
constexpr auto kChannelCalls = std::to_array<sandbox::Call>({"sendmsg"});

/// The standard three, the channel, and what one packet may bring.
constexpr rlim_t kMaxDescriptors = 16;

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account) {
  const sandbox::Bounds bounds{.processes = 0, .descriptors = kMaxDescriptors};
  if (auto isolated = sandbox::isolate(account, bounds); !isolated) return isolated;
  const std::array sets{sandbox::kRuntime,
                        sandbox::SyscallSet{"lines, and the channel", kLineCalls},
                        sandbox::SyscallSet{"answers to the supervisor", kChannelCalls}};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::log_writer
