#include "listener/connection/sandbox.h"

#include <array>

#include "common/base/limits.h"
#include "common/sandbox/identity.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/seccomp/connection_calls.h"
#include "common/sandbox/seccomp/newer_calls.h"
#include "common/sandbox/seccomp/seccomp.h"
#include "common/sandbox/signal_scope.h"

namespace zomg::connection {
namespace {

using common::Result;

/// For each session stdin, stdout, stderr and a control socket; the socket, the IPC channel, the
/// standard three, and what one packet may bring before it is refused.
constexpr rlim_t kMaxDescriptors = 4 * limits::kMaxSessionsPerConnection + 5 + 8;

constexpr sandbox::SyscallSet kNewer{"newer libraries, in vain", sandbox::kNewerCalls};

}  // namespace

Result<void> enter_sandbox() {
  if (auto forbidden = sandbox::forbid_tracing(); !forbidden) return forbidden;
  if (auto limited = sandbox::limit(RLIMIT_NPROC, 0); !limited) return limited;
  // Not 0: poll(2) fails then.
  if (auto limited = sandbox::limit(RLIMIT_NOFILE, kMaxDescriptors); !limited) return limited;
#ifndef ZOMG_SANITIZED
  // A sanitizer maps terabytes, and writes its report to a log that may be a file.
  if (auto limited = sandbox::limit(RLIMIT_FSIZE, 0); !limited) return limited;
  if (auto limited = sandbox::limit(RLIMIT_AS, limits::kMaxConnectionMemoryBytes); !limited)
    return limited;
#endif
  if (auto scoped = sandbox::scope_signals(); !scoped) return scoped;
  const std::array sets{sandbox::kRuntime, sandbox::kConnectionSets[0], sandbox::kConnectionSets[1],
                        kNewer};
  return sandbox::allow_only(sets, sandbox::DeniedAction::kKillUnlessNoted);
}

}  // namespace zomg::connection
