#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "common/base/limits.h"
#include "common/base/result.h"

namespace zomg::monitor {

/// Sessions follow from connections: so many for each, which one connection may use for another.
inline constexpr std::uint64_t kSessionsPerConnection = 2;
/// Processes and threads of a session in the gateway's own cgroups. Into a container of this node,
/// measured: its process and a recorder's, and one more while the box is entered, where it has a cgroup
/// of v2 alone. By kubectl, measured with 1.30 to 1.33: two processes beside it, its own 4 to 6 threads,
/// as it is told to use two CPUs, and as many of the one that hangs it up, with two to spare for each.
inline constexpr std::uint64_t kTasksOfSession = 3;
inline constexpr std::uint64_t kTasksOfKubectlSession = 2 + 8 + 8;
/// The same of a session that waits ahead of being asked for: what it is forked from and its process, measured,
/// and the one that will enter, where the box has a cgroup of v2 alone.
inline constexpr std::uint64_t kTasksOfSpare = 3;
/// Every third connection at the least has such a one.
inline constexpr std::uint64_t kTasksPerConnection =
    1 + kSessionsPerConnection * kTasksOfSession + kTasksOfSpare / 3;

/// The hard resource limits that the gateway was started with (getrlimit(2), pids.max of cgroups). It
/// lives with low ones where it can, and says what it needs where it cannot.
struct ResourceLimits {
  /// Each limit with which the gateway could not serve at all, with what to do.
  std::vector<common::Error> too_low;
  /// Each limit with which it serves less than it could, or not for ever.
  std::vector<common::Error> low;
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint32_t>::max();
  /// As many connections at a time as they allow.
  std::size_t connections = limits::kMaxConnections;
  /// What the cgroups leave to connections and sessions of processes and threads.
  std::uint64_t tasks = kUnlimited;
};
ResourceLimits examine_resource_limits();

/// Raises the soft limits to the hard ones: children lower theirs to what they need, and a session
/// has those of its box.
common::Result<void> raise_soft_limits();

}  // namespace zomg::monitor
