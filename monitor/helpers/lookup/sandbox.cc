#include "monitor/helpers/lookup/sandbox.h"

#include <fcntl.h>

#include <array>

#include "common/base/limits.h"
#include "common/sandbox/counted_apart.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/root.h"
#include "common/sandbox/seccomp/c_library.h"
#include "common/sandbox/signal_scope.h"

namespace zomg::lookup {
namespace {

using sandbox::arg;

constexpr auto kChannelCalls = std::to_array<sandbox::Call>({"recvfrom", "recvmsg", "sendmsg"});
constexpr auto kFileCalls = std::to_array<sandbox::Call>({
    "memfd_create",
    "pwrite64",
    {"fcntl", arg(1) == F_ADD_SEALS},
    "clock_nanosleep",  // between two tries to seal
});

const std::array kSets{
    sandbox::kRuntime,
    sandbox::kThreads,  // one a lookup
    sandbox::SyscallSet{"requests and answers on the channel", kChannelCalls},
    sandbox::SyscallSet{"what goes with an answer, in a sealed memfd", kFileCalls},
};

}  // namespace

common::Result<void> enter_sandbox(const Sandbox& wanted) {
  sandbox::settle_c_library();
  if (!wanted.network) {
    if (auto left = sandbox::leave_network(); !left) return left;
  }
  auto entered = wanted.directories.empty() ? sandbox::enter_empty_root()
                                            : sandbox::enter_root_with(wanted.directories);
  if (!entered) return entered;
  sandbox::count_apart();
  if (auto became = sandbox::become(wanted.account, wanted.groups); !became) return became;
  if (auto set = sandbox::limit(RLIMIT_NOFILE, limits::kResolverDescriptors); !set) return set;
#ifndef ZOMG_SANITIZED  // whose shadow memory counts as data
  if (auto set = sandbox::limit(RLIMIT_DATA, limits::kResolverDataBytes); !set) return set;
#endif
  if (auto scoped = sandbox::scope_signals(); !scoped) return scoped;
  std::vector<sandbox::SyscallSet> sets(kSets.begin(), kSets.end());
  sets.insert(sets.end(), wanted.system_calls.begin(), wanted.system_calls.end());
  return sandbox::allow_only(sets, sandbox::DeniedAction::kRefuse);
}

}  // namespace zomg::lookup
