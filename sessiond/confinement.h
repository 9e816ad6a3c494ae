#pragma once

#include <cstdint>

#include "sessiond/box_process.h"

namespace zomg::sessiond {

/// What the container's own process may do, as /proc/PID/status shows it (proc(5)): capability sets
/// as bit masks, and no_new_privs.
struct Confinement {
  std::uint64_t inheritable = 0;
  std::uint64_t permitted = 0;
  std::uint64_t effective = 0;
  std::uint64_t bounding = 0;
  std::uint64_t ambient = 0;
  bool no_new_privileges = false;
};

common::Result<Confinement> read_confinement(const BoxProcess& box);

/// Takes on the user root of the box with no supplementary groups, and then exactly this
/// confinement. A program that is executed next has no more than the container's process.
common::Result<void> apply_confinement(const Confinement& confinement);

}  // namespace zomg::sessiond
