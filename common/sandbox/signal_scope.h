#pragma once

#include "common/base/result.h"

namespace zomg::sandbox {

/// Where the kernel has Landlock's scopes (6.12), has it refuse whatever signal this process, and
/// all that it starts, would send to another, and that it connects to an abstract unix socket of
/// another. Elsewhere does nothing: the filter of seccomp.h has to do. Needs no_new_privs.
common::Result<void> scope_signals();

}  // namespace zomg::sandbox
