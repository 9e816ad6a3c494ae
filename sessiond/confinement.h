#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "sessiond/box_process.h"

namespace zomg::sessiond {

/// What the container's own process may do, as /proc/PID/status shows it (proc(5)): capability sets
/// as bit masks, no_new_privs, and supplementary
/// groups.
struct Confinement {
  std::uint64_t inheritable = 0;
  std::uint64_t permitted = 0;
  std::uint64_t effective = 0;
  std::uint64_t bounding = 0;
  std::uint64_t ambient = 0;
  bool no_new_privileges = false;
  std::vector<gid_t> groups;
};

/// To be read in the box's user namespace, which the group numbers are then of.
common::Result<Confinement> read_confinement(const BoxProcess& box);

/// Takes on the user root of the box and then exactly this confinement. A program that is executed
/// next has no more than the container's process.
common::Result<void> apply_confinement(const Confinement& confinement);

}  // namespace zomg::sessiond
