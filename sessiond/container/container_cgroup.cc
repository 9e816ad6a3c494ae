#include "sessiond/container/container_cgroup.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/proc/cgroup_paths.h"

namespace zomg::sessiond {
namespace {

constexpr std::string_view kScope = ".scope";

bool is_id(std::string_view id) {
  return id.size() >= limits::kMinContainerIdBytes && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// Whether the last component of an absolute path names that container.
bool is_path_of(std::string_view path, std::string_view id) {
  if (!path.starts_with('/')) return false;
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(kScope)) name.remove_suffix(kScope.size());
  if (!name.ends_with(id)) return false;
  name.remove_suffix(id.size());
  return name.empty() || name.ends_with('-');
}

}  // namespace

bool is_in_cgroup_of_container(std::string_view cgroups, std::string_view path,
                               std::string_view id) {
  if (!is_id(id) || !is_path_of(path, id)) return false;
  const auto memberships = common::parse_cgroup_memberships(cgroups);
  return std::any_of(memberships.begin(), memberships.end(), [path](const auto& membership) {
    return common::is_at_or_below(membership.path, path);
  });
}

}  // namespace zomg::sessiond
