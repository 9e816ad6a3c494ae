#pragma once

#include <cstdint>

#include "race/raced_box.h"

namespace zomg::race {

/// Has the calling process no other capability from now on, in any set.
bool limit_capabilities(std::uint64_t capabilities);

/// Changes the calling process. `orders` is open on what tells it to.
bool carry_out(Change change, int orders);

}  // namespace zomg::race
