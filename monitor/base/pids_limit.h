#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace zomg::monitor {

/// How many processes and threads a cgroup may have, with all below it.
struct PidsLimit {
  std::uint64_t most = 0;
  /// The pids.max that says so.
  std::string file;
};

/// The lowest of our cgroup and its parents, of v1 and v2, as far as they are visible: a container sees
/// none above its own. Nothing where there is none.
std::optional<PidsLimit> lowest_pids_limit();

/// Calls `visit` with the directory of each of these cgroups, from the mount point down. Reads
/// `memberships`, a /proc/PID/cgroup, and `mountinfo` line by line: the latter is as long as the host
/// has mounts.
common::Result<void> for_each_pids_cgroup(int memberships, int mountinfo,
                                          const std::function<void(const std::string&)>& visit);

}  // namespace zomg::monitor
