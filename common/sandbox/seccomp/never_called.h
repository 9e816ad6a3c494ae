#pragma once

#include "common/sandbox/seccomp/system_call.h"

namespace zomg::sandbox {

/// What no library has a reason to call in a process of ours, and who took one over has: these kill
/// where others are only refused, so that such a process is gone, and seen to be. It is no defence
/// of its own, as what is refused does nothing either.
extern const SyscallSet kNeverCalled;

}  // namespace zomg::sandbox
