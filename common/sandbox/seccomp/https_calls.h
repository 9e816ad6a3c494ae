#pragma once

#include "common/sandbox/seccomp/system_call.h"

namespace zomg::sandbox {

/// What libcurl and OpenSSL need for HTTPS to a server whose address is known.
extern const SyscallSet kHttps;

}  // namespace zomg::sandbox
