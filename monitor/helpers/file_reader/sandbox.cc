#include "monitor/helpers/file_reader/sandbox.h"

#include <fcntl.h>
#include <sys/capability.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "common/sandbox/identity.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/seccomp/seccomp.h"
#include "common/sandbox/signal_scope.h"

namespace zomg::file_reader {
namespace {

using common::errno_error;
using common::Result;

using sandbox::arg;

constexpr auto kFileCalls = std::to_array<sandbox::Call>({"newfstatat", "fstat", "read", "lseek"});
constexpr int kHow = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
constexpr auto kReadCalls = std::to_array<sandbox::Call>({{"openat", (arg(2) & kHow) == O_RDONLY}});
constexpr auto kAppendCalls =
    std::to_array<sandbox::Call>({{"openat", (arg(2) & kHow) == (O_WRONLY | O_CREAT | O_APPEND)}});
constexpr auto kWayCalls = std::to_array<sandbox::Call>({"readlinkat", "geteuid"});
constexpr auto kWatchCalls = std::to_array<sandbox::Call>({"inotify_add_watch", "poll", "ppoll"});
constexpr auto kAnswerCalls = std::to_array<sandbox::Call>({
    "recvfrom",
    "recvmsg",
    "sendmsg",
});

/// The standard three, the channel, and the file, two directories on the way to it, and the watch.
constexpr rlim_t kMaxDescriptors = 16;

Result<void> drop_capabilities() {
  for (cap_value_t cap = 0; cap < cap_max_bits(); ++cap) {
    if (cap_drop_bound(cap) != 0) return errno_error("drop capability {}", cap);
  }
  const std::unique_ptr<_cap_struct, int (*)(void*)> none(cap_init(), cap_free);
  if (!none || cap_set_proc(none.get()) != 0) return errno_error("cap_set_proc");
  return sandbox::set_no_new_privs();
}

}  // namespace

Result<void> enter_sandbox(messages::FileTask task) {
  if (auto limited = sandbox::limit(RLIMIT_NPROC, 0); !limited) return limited;
  if (auto limited = sandbox::limit(RLIMIT_NOFILE, kMaxDescriptors); !limited) return limited;
  // Where it was not started by root, in a test, it has none.
  auto dropped = ::geteuid() == 0 ? drop_capabilities() : sandbox::set_no_new_privs();
  if (!dropped) return dropped;
  if (auto scoped = sandbox::scope_signals(); !scoped) return scoped;
  const bool appends = task == messages::FileTask::kOpenForAppend;
  const std::array sets{sandbox::kRuntime,
                        sandbox::SyscallSet{"the file", kFileCalls},
                        appends ? sandbox::SyscallSet{"to write to it", kAppendCalls}
                                : sandbox::SyscallSet{"to read it", kReadCalls},
                        sandbox::SyscallSet{"who else could have written it", kWayCalls},
                        sandbox::SyscallSet{"changes of it", kWatchCalls},
                        sandbox::SyscallSet{"what is in it, for the monitor", kAnswerCalls}};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::file_reader
