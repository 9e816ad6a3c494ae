#include "monitor/log/sandbox.h"

#include <array>

#include "common/sandbox/isolation.h"
#include "common/sandbox/seccomp.h"

namespace zomg::log_writer {
namespace {

constexpr std::array kLineNames{"poll", "ppoll", "recvfrom", "recvmsg"};
constexpr std::array kChannelNames{"sendmsg"};

/// The standard three, the channel, and what one packet may bring.
constexpr rlim_t kMaxDescriptors = 16;

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account) {
  const sandbox::Bounds bounds{.processes = 0, .descriptors = kMaxDescriptors};
  if (auto isolated = sandbox::isolate(account, bounds); !isolated) return isolated;
  const std::array sets{sandbox::kRuntime,
                        sandbox::SyscallSet{"lines, and the channel", kLineNames},
                        sandbox::SyscallSet{"answers to the supervisor", kChannelNames}};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::log_writer
