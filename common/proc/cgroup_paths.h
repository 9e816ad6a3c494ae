#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

/// Where a process is in the hierarchies of cgroups, and where these are mounted (cgroups(7)).
namespace zomg::common {

/// A process's place in one hierarchy: a line of /proc/PID/cgroup.
struct CgroupMembership {
  std::string controllers;  ///< comma-separated; empty for cgroup v2
  std::string path;

  bool operator==(const CgroupMembership&) const = default;
};

/// A mount of a hierarchy: a line of /proc/PID/mountinfo.
struct CgroupMount {
  bool v2 = false;
  std::string root;  ///< the cgroup that is seen there; `/`: all of the hierarchy is
  std::string mount_point;
  std::string super_options;  ///< comma-separated; has the controllers of a v1 hierarchy
};

/// Those of the text of a /proc/PID/cgroup. A line of another shape is passed over.
std::vector<CgroupMembership> parse_cgroup_memberships(std::string_view text);

/// Calls `visit` for each that can be read from `mountinfo`, line by line, until it returns false.
Result<void> for_each_cgroup_mount(int mountinfo,
                                   const std::function<bool(const CgroupMount&)>& visit);

/// Whether the cgroup at `path` is the one at `top`, or below it. `top` has no slash at its end, so that of a
/// hierarchy is empty.
bool is_at_or_below(std::string_view path, std::string_view top);

/// Whether a comma-separated list has that element.
bool lists(std::string_view list, std::string_view element);

}  // namespace zomg::common
