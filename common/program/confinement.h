#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/program/row.h"
#include "common/sandbox/identity.h"
#include "common/sandbox/root.h"

namespace zomg::program {

/// What of a program's confinement only its settings, or the host, can say.
struct Place {
  sandbox::Account account;
  /// Beside the account's own.
  std::vector<gid_t> groups;
  /// Of the host, seen read-only at their own paths.
  std::vector<std::string> directories;
  /// Made in its root.
  std::vector<sandbox::RootFile> files;
  /// Beside the row's: those of the one task that it has.
  std::span<const sandbox::SyscallSet* const> calls;
};

/// Takes from this process, for good, all that `row` and `place` do not leave it. The order of steps is
/// here alone. Of what fails, the rest is not done: the process must not go on. Nothing may be loaded
/// afterwards.
common::Result<void> confine(const Row& row, const Place& place);

}  // namespace zomg::program
