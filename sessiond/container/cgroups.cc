#include "sessiond/container/cgroups.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "common/base/quoted.h"
#include "common/proc/cgroup_paths.h"

namespace zomg::sessiond {
namespace {

using common::CgroupMembership;
using common::CgroupMount;
using common::errno_error;
using common::Fd;
using common::Result;

/// Not of a part of the hierarchy: paths would mean something else there.
bool is_mount_of(const CgroupMount& mount, const CgroupMembership& membership) {
  if (mount.root != "/") return false;
  if (membership.controllers.empty() || mount.v2) {
    return membership.controllers.empty() && mount.v2;
  }
  std::istringstream controllers(membership.controllers);
  for (std::string controller; std::getline(controllers, controller, ',');) {
    if (!common::lists(mount.super_options, controller)) return false;
  }
  return true;
}

/// Of v2; empty where there is none.
std::string unified_path(const std::string& text) {
  for (const auto& [controllers, path] : common::parse_cgroup_memberships(text)) {
    if (controllers.empty()) return path;
  }
  return {};
}

bool has_parent_component(const std::string& path) {
  return path == "/.." || path.starts_with("/../") || path.find("/../") != std::string::npos;
}

/// By a freezer.state of v1 or a cgroup.events of v2.
bool says_frozen(int freezer) {
  std::array<char, 256> bytes{};
  const ssize_t got = ::pread(freezer, bytes.data(), bytes.size(), 0);
  const std::string_view state(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  return state.starts_with("FROZEN") || state.starts_with("FREEZING") ||
         state.find("frozen 1") != std::string_view::npos;
}

}  // namespace

Result<std::vector<Cgroup>> find_cgroups(const std::string& theirs, const std::string& ours,
                                         int mountinfo) {
  const auto own = common::parse_cgroup_memberships(ours);
  auto memberships = common::parse_cgroup_memberships(theirs);
  std::erase_if(memberships, [&own](const CgroupMembership& membership) {
    return std::find(own.begin(), own.end(), membership) != own.end();
  });
  std::vector<std::optional<CgroupMount>> mounts(memberships.size());
  std::size_t missing = memberships.size();
  const auto read = common::for_each_cgroup_mount(mountinfo, [&](const CgroupMount& mount) {
    for (std::size_t i = 0; i < memberships.size(); ++i) {
      if (mounts[i] || !is_mount_of(mount, memberships[i])) continue;
      mounts[i] = mount;
      --missing;
    }
    return missing > 0;
  });
  if (!read) return read.error();
  std::vector<Cgroup> cgroups;
  for (std::size_t i = 0; i < memberships.size(); ++i) {
    const auto& [controllers, path] = memberships[i];
    if (!mounts[i]) {
      return common::error("the cgroup hierarchy {} is not mounted", common::quoted(controllers));
    }
    // Outside the root of our cgroup namespace, where no path leads.
    if (has_parent_component(path)) {
      return common::error(
          "the cgroup {} is outside the gateway's own hierarchy; the gateway must "
          "run in the host's cgroup namespace",
          path);
    }
    const bool v2 = mounts[i]->v2;
    cgroups.push_back(
        {v2, v2 || common::lists(controllers, "freezer"), mounts[i]->mount_point + path});
  }
  return cgroups;
}

std::string unified_descent(const std::string& checked, const std::string& now) {
  const std::string top = unified_path(checked);
  const std::string path = unified_path(now);
  if (top.empty() || !path.starts_with(top + "/") || has_parent_component(path)) return {};
  return path.substr(top.size());
}

Result<Cgroups> Cgroups::of(const BoxProcess& box) {
  const Fd self(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!self) return errno_error("/proc/self");
  auto ours = read_proc_file(self.get(), "cgroup");
  if (!ours) return ours.error();
  const Fd mountinfo(::openat(self.get(), "mountinfo", O_RDONLY | O_CLOEXEC));
  if (!mountinfo) return errno_error("mountinfo");
  auto cgroups = find_cgroups(box.cgroups(), *ours, mountinfo.get());
  if (!cgroups) return cgroups.error();
  return Cgroups(std::move(*cgroups));
}

Cgroups::Cgroups(std::vector<Cgroup> cgroups) : cgroups_(std::move(cgroups)) {
  for (const Cgroup& cgroup : cgroups_) {
    if (!cgroup.freezer) continue;
    const std::string file = cgroup.directory + (cgroup.v2 ? "/cgroup.events" : "/freezer.state");
    if (Fd freezer(::open(file.c_str(), O_RDONLY | O_CLOEXEC)); freezer) {
      freezers_.push_back(std::move(freezer));
    }
  }
}

bool Cgroups::frozen() const {
  return std::any_of(freezers_.begin(), freezers_.end(),
                     [](const Fd& freezer) { return says_frozen(freezer.get()); });
}

bool Cgroups::only_unified() const {
  return !cgroups_.empty() && std::all_of(cgroups_.begin(), cgroups_.end(),
                                          [](const Cgroup& cgroup) { return cgroup.v2; });
}

Result<Fd> Cgroups::open_unified(const std::string& descent) const {
  for (const Cgroup& cgroup : cgroups_) {
    if (!cgroup.v2) continue;
    const std::string path = cgroup.directory + descent;
    Fd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory) return errno_error("{}", path);
    return directory;
  }
  return Fd();
}

Result<void> Cgroups::open_tasks() {
  for (const Cgroup& cgroup : cgroups_) {
    if (cgroup.v2) continue;
    const std::string file = cgroup.directory + "/tasks";
    Fd tasks(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!tasks) return errno_error("{}", file);
    tasks_.push_back(std::move(tasks));
  }
  return {};
}

Result<void> Cgroups::join() const {
  for (const Fd& tasks : tasks_) {
    // Moves the calling thread, which is all of this process. cgroup.procs would do the same, but
    // first shut every fork and exit of the machine out and so wait for an RCU grace period.
    if (::write(tasks.get(), "0", 1) != 1) return errno_error("join a cgroup of v1");
  }
  return {};
}

}  // namespace zomg::sessiond
