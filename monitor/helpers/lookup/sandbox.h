#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/sandbox/identity.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::lookup {

/// What is left to a process that looks boxes up.
struct Sandbox {
  sandbox::Account account;
  /// Beside the account's own.
  std::vector<gid_t> groups;
  /// Seen read-only at their own paths; nothing else is.
  std::vector<std::string> directories;
  /// Whether it stays in the gateway's network namespace, or is alone in an empty one. A unix socket
  /// is reached by its path from anywhere; one with an abstract name belongs to a namespace.
  bool network = false;
  /// System calls besides those of Service.
  std::span<const sandbox::SyscallSet> system_calls;
};

/// Gives up, for good, everything else: the file system, every capability, root, and all other
/// system calls. Needs root; nothing may be loaded afterwards.
common::Result<void> enter_sandbox(const Sandbox& wanted);

}  // namespace zomg::lookup
