#pragma once

#include "common/base/child.h"

namespace zomg::common {

/// As spawn(), with an environment: for a program that is to read settings.
Result<Child> spawn_with_environment(int executable, const char* name, const ProgramFds& fds,
                                     char* const* environment);

}  // namespace zomg::common
