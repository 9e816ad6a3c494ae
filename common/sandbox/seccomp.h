#pragma once

#include <span>
#include <string_view>

#include "common/result.h"

namespace zomg::sandbox {

/// System calls that a process may make, with the reason why.
struct SyscallSet {
  std::string_view reason;
  std::span<const char* const> names;
};

/// What the C library needs in any process: memory, time, exit, signal return, futexes.
extern const SyscallSet kRuntime;
/// What the C library's start-up code needs beyond that after an exec.
extern const SyscallSet kStartup;

/// What becomes of a call that is not allowed: the process is killed, or, for a program that is not
/// ours and probes for calls, the call fails with ENOSYS.
enum class Otherwise { kKill, kFail };

/// Loads a seccomp filter that allows no system call outside `sets`, for this thread and all that
/// it starts. Needs no_new_privs. There is no way back.
common::Result<void> allow_only(std::span<const SyscallSet> sets,
                                Otherwise otherwise = Otherwise::kKill);

}  // namespace zomg::sandbox
