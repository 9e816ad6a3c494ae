#pragma once

#include <cstdint>
#include <span>

#include "common/base/result.h"
#include "common/sandbox/seccomp/system_call.h"

namespace zomg::sandbox {

/// What the C library needs in any process: memory that is no program, time, exit, signal return,
/// futexes, and a signal to itself (abort(3)).
extern const SyscallSet kRuntime;
/// What the C library's start-up code, and the way into a sandbox, need beyond that after an exec.
extern const SyscallSet kStartup;
/// What the C library's threads need.
extern const SyscallSet kThreads;

/// What becomes of a call that is not allowed.
enum class DeniedAction {
  /// The process is killed: for a program that calls what we call.
  kKill,
  /// It fails with ENOSYS: for a program that is not ours and probes for calls.
  kFail,
  /// It fails with ENOSYS, and the log says so (refused_call.h); those of never_called.h kill. For a
  /// program that links others' libraries, whose next version may try another call first.
  kRefuse,
  /// The process is killed, but for the calls of noted(), which fail with ENOSYS and are noted: for a
  /// program that links others' libraries into itself.
  kKillUnlessNoted,
  /// As kRefuse without a word, for a filter that an exec inherits: nobody handles a signal then.
  kRefuseInherited,
};

/// Loads a seccomp filter that allows no system call outside `sets`, for this thread and all that
/// it starts. Needs no_new_privs. There is no way back.
common::Result<void> allow_only(std::span<const SyscallSet> sets,
                                DeniedAction otherwise = DeniedAction::kKill);

/// Writes to `fd` the program (struct sock_filter) of the filter that allow_only() would load on an
/// architecture, by its token of libseccomp's: for tests.
common::Result<void> export_filter(int fd, std::uint32_t architecture,
                                   std::span<const SyscallSet> sets, DeniedAction otherwise);

}  // namespace zomg::sandbox
