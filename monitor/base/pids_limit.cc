#include "monitor/base/pids_limit.h"

#include <fcntl.h>

#include <fstream>
#include <sstream>

#include "common/base/fd.h"
#include "common/proc/cgroup_paths.h"
#include "common/proc/lines.h"

namespace zomg::monitor {
namespace {

using common::CgroupMembership;
using common::CgroupMount;
using common::Fd;

constexpr std::string_view kController = "pids";

/// The directories from the mount point down to that of `path`.
void visit_way(std::string directory, std::string_view path,
               const std::function<void(const std::string&)>& visit) {
  visit(directory);
  std::istringstream parts{std::string(path)};
  for (std::string part; std::getline(parts, part, '/');) {
    if (part.empty()) continue;
    directory += "/" + part;
    visit(directory);
  }
}

}  // namespace

common::Result<void> for_each_pids_cgroup(int memberships, int mountinfo,
                                          const std::function<void(const std::string&)>& visit) {
  std::string v1;
  std::string v2;
  auto read = common::for_each_line(memberships, [&v1, &v2](std::string_view line) {
    for (CgroupMembership& membership : common::parse_cgroup_memberships(line)) {
      const bool wanted = common::lists(membership.controllers, kController);
      if (wanted) v1 = std::move(membership.path);
      if (!wanted && membership.controllers.empty()) v2 = std::move(membership.path);
    }
    return true;
  });
  if (!read) return read;
  return common::for_each_cgroup_mount(mountinfo, [&](const CgroupMount& mount) {
    if (!mount.v2 && !common::lists(mount.super_options, kController)) return true;
    const std::string& path = mount.v2 ? v2 : v1;
    const std::string root = mount.root == "/" ? "" : mount.root;
    // Else the mount is of another part of the hierarchy.
    if (path.starts_with('/') && common::is_at_or_below(path, root)) {
      visit_way(mount.mount_point, std::string_view(path).substr(root.size()), visit);
    }
    return true;
  });
}

std::optional<PidsLimit> lowest_pids_limit() {
  std::optional<PidsLimit> lowest;
  const Fd memberships(::open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC));
  const Fd mountinfo(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
  // What cannot be seen bounds us all the same: a fork is refused then.
  (void)for_each_pids_cgroup(memberships.get(), mountinfo.get(), [&lowest](const std::string& at) {
    const std::string file = at + "/pids.max";
    std::uint64_t most = 0;
    // `max`, or no such file.
    if (!(std::ifstream(file) >> most)) return;
    if (!lowest || most < lowest->most) lowest = PidsLimit{most, file};
  }).has_value();
  return lowest;
}

}  // namespace zomg::monitor
