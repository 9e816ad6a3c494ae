#include "monitor/helpers/audit/sandbox.h"

#include <array>

#include "common/sandbox/isolation.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::audit {
namespace {

using common::Result;

constexpr auto kChannelCalls = std::to_array<sandbox::Call>({"recvfrom", "recvmsg"});
constexpr auto kOutputCalls = std::to_array<sandbox::Call>({"poll", "ppoll"});

/// The standard three, the channel, the output, and what one packet may bring.
constexpr rlim_t kMaxDescriptors = 16;

}  // namespace

Result<void> enter_sandbox(const sandbox::Account& account) {
  const sandbox::Bounds bounds{.processes = 0, .descriptors = kMaxDescriptors};
  if (auto isolated = sandbox::isolate(account, bounds); !isolated) return isolated;
  const std::array sets{sandbox::kRuntime,
                        sandbox::SyscallSet{"events on the channel", kChannelCalls},
                        sandbox::SyscallSet{"an output that does not block", kOutputCalls}};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::audit
