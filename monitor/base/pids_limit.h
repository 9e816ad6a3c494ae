#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

/// The directories of these cgroups, from the contents of /proc/self/cgroup and /proc/self/mountinfo.
std::vector<std::string> pids_cgroups(const std::string& memberships, const std::string& mounts);

}  // namespace zomg::monitor
