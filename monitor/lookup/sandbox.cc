#include "monitor/lookup/sandbox.h"

#include <array>

#include "common/limits.h"
#include "common/sandbox/c_library.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/root.h"

namespace zomg::lookup {
namespace {

constexpr std::array kThreadNames{"rt_sigaction", "clone3", "set_robust_list", "rseq",
                                  "sched_getaffinity"};
constexpr std::array kChannelNames{"recvfrom", "recvmsg", "sendmsg"};
constexpr std::array kFileNames{"memfd_create", "pwrite64", "fcntl"};

const std::array kSets{
    sandbox::kRuntime,
    sandbox::SyscallSet{"a thread a lookup", kThreadNames},
    sandbox::SyscallSet{"requests and answers on the channel", kChannelNames},
    sandbox::SyscallSet{"what goes with an answer, in a sealed memfd", kFileNames},
};

}  // namespace

common::Result<void> enter_sandbox(const Sandbox& wanted) {
  sandbox::settle_c_library();
  auto entered = wanted.directories.empty() ? sandbox::enter_empty_root()
                                            : sandbox::enter_root_with(wanted.directories);
  if (!entered) return entered;
  if (auto became = sandbox::become(wanted.account, wanted.groups); !became) return became;
  if (auto set = sandbox::limit(RLIMIT_NOFILE, limits::kResolverDescriptors); !set) return set;
#ifndef ZOMG_SANITIZED  // whose shadow memory counts as data
  if (auto set = sandbox::limit(RLIMIT_DATA, limits::kResolverDataBytes); !set) return set;
#endif
  std::vector<sandbox::SyscallSet> sets(kSets.begin(), kSets.end());
  sets.insert(sets.end(), wanted.system_calls.begin(), wanted.system_calls.end());
  return sandbox::allow_only(sets);
}

}  // namespace zomg::lookup
