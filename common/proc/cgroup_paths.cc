#include "common/proc/cgroup_paths.h"

#include <optional>
#include <sstream>

#include "common/proc/lines.h"

namespace zomg::common {
namespace {

/// proc(5) mountinfo: fields by blanks; after ` - ` the type, the source and the super options. The
/// kernel writes a blank within a field as `\040`.
std::optional<CgroupMount> parse_mount(const std::string& line) {
  const std::size_t dash = line.find(" - ");
  if (dash == std::string::npos) return std::nullopt;
  std::istringstream before(line.substr(0, dash));
  std::istringstream after(line.substr(dash + 3));
  std::string skipped;
  std::string type;
  CgroupMount mount;
  if (!(before >> skipped >> skipped >> skipped >> mount.root >> mount.mount_point)) {
    return std::nullopt;
  }
  after >> type >> skipped >> mount.super_options;
  if (type != "cgroup" && type != "cgroup2") return std::nullopt;
  mount.v2 = type == "cgroup2";
  return mount;
}

}  // namespace

std::vector<CgroupMembership> parse_cgroup_memberships(std::string_view text) {
  std::vector<CgroupMembership> memberships;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    memberships.push_back({line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return memberships;
}

Result<void> for_each_cgroup_mount(int mountinfo,
                                   const std::function<bool(const CgroupMount&)>& visit) {
  const auto read = for_each_line(mountinfo, [&visit](std::string_view line) {
    // Most of them are of something else.
    if (line.find(" - cgroup") == std::string_view::npos) return true;
    const auto mount = parse_mount(std::string(line));
    return !mount || visit(*mount);
  });
  if (!read) return read.error().with_context("mountinfo");
  return {};
}

bool is_at_or_below(std::string_view path, std::string_view top) {
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

bool lists(std::string_view list, std::string_view element) {
  std::istringstream stream{std::string(list)};
  for (std::string one; std::getline(stream, one, ',');) {
    if (one == element) return true;
  }
  return false;
}

}  // namespace zomg::common
