#pragma once

#include <chrono>

#include "common/base/result.h"

namespace zomg::common {

/// Seals a memfd for good: nobody can change it any more (F_SEAL_WRITE, _SHRINK, _GROW, _SEAL).
/// The kernel says EBUSY while something else still refers to one of its pages for a moment (a
/// swap-out, a migration, a writer's mapping), so it is tried again for as long as `patience`.
Result<void> seal(int memfd, std::chrono::milliseconds patience = std::chrono::seconds(2));

}  // namespace zomg::common
