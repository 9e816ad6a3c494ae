#include "monitor/audit/sandbox.h"

#include <array>

#include "common/sandbox/resource_limit.h"
#include "common/sandbox/root.h"
#include "common/sandbox/seccomp.h"

namespace zomg::audit {
namespace {

using common::Result;

constexpr std::array kChannelNames{"recvfrom", "recvmsg"};
constexpr std::array kOutputNames{"poll", "ppoll"};

/// The standard three, the channel, the output, and what one packet may bring.
constexpr rlim_t kMaxDescriptors = 16;

}  // namespace

Result<void> enter_sandbox(const sandbox::Account& account) {
  if (auto left = sandbox::leave_network(); !left) return left;
  if (auto entered = sandbox::enter_empty_root(); !entered) return entered;
  if (auto limited = sandbox::limit(RLIMIT_NPROC, 0); !limited) return limited;
  if (auto limited = sandbox::limit(RLIMIT_NOFILE, kMaxDescriptors); !limited) return limited;
  if (auto became = sandbox::become(account); !became) return became;
  const std::array sets{sandbox::kRuntime,
                        sandbox::SyscallSet{"events on the channel", kChannelNames},
                        sandbox::SyscallSet{"an output that does not block", kOutputNames}};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::audit
