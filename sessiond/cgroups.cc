#include "sessiond/cgroups.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "common/quoted.h"

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

/// A process's place in one hierarchy: a line of /proc/PID/cgroup.
struct Membership {
  std::string controllers;  ///< empty for cgroup v2
  std::string path;
};

/// A mounted hierarchy.
struct Hierarchy {
  bool v2 = false;
  std::string mount_point;
  std::string super_options;  ///< comma-separated; has the controllers of a v1 hierarchy
};

std::vector<Membership> parse_memberships(const std::string& text) {
  std::vector<Membership> memberships;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    memberships.push_back({line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return memberships;
}

/// proc(5) mountinfo: fields by blanks; after ` - ` the type, the source and the super options.
std::vector<Hierarchy> parse_hierarchies(const std::string& mountinfo) {
  std::vector<Hierarchy> hierarchies;
  std::istringstream lines(mountinfo);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line.substr(0, dash));
    std::istringstream after(line.substr(dash + 3));
    std::string skipped;
    std::string root;
    Hierarchy hierarchy;
    std::string type;
    before >> skipped >> skipped >> skipped >> root >> hierarchy.mount_point;
    after >> type >> skipped >> hierarchy.super_options;
    if (type != "cgroup" && type != "cgroup2") continue;
    if (root != "/") continue;  // part of a hierarchy: paths would mean something else there
    hierarchy.v2 = type == "cgroup2";
    hierarchies.push_back(std::move(hierarchy));
  }
  return hierarchies;
}

bool has_option(const std::string& options, const std::string& wanted) {
  std::istringstream stream(options);
  for (std::string option; std::getline(stream, option, ',');) {
    if (option == wanted) return true;
  }
  return false;
}

bool is_hierarchy_of(const Hierarchy& hierarchy, const Membership& membership) {
  if (membership.controllers.empty() || hierarchy.v2) {
    return membership.controllers.empty() && hierarchy.v2;
  }
  std::istringstream controllers(membership.controllers);
  for (std::string controller; std::getline(controllers, controller, ',');) {
    if (!has_option(hierarchy.super_options, controller)) return false;
  }
  return true;
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

Result<std::vector<Cgroup>> parse_cgroups(const std::string& theirs, const std::string& ours,
                                          const std::string& mountinfo) {
  const auto own = parse_memberships(ours);
  const auto hierarchies = parse_hierarchies(mountinfo);
  std::vector<Cgroup> cgroups;
  for (const Membership& membership : parse_memberships(theirs)) {
    const bool there_already =
        std::any_of(own.begin(), own.end(), [&membership](const Membership& mine) {
          return mine.controllers == membership.controllers && mine.path == membership.path;
        });
    if (there_already) continue;
    const auto hierarchy =
        std::find_if(hierarchies.begin(), hierarchies.end(),
                     [&membership](const Hierarchy& h) { return is_hierarchy_of(h, membership); });
    if (hierarchy == hierarchies.end()) {
      return common::error("the cgroup hierarchy {} is not mounted",
                           common::quoted(membership.controllers));
    }
    // Outside the root of our cgroup namespace, where no path leads.
    if (has_parent_component(membership.path)) {
      return common::error(
          "the cgroup {} is outside the gateway's own hierarchy; the gateway must "
          "run in the host's cgroup namespace",
          membership.path);
    }
    cgroups.push_back({hierarchy->v2,
                       hierarchy->v2 || has_option(membership.controllers, "freezer"),
                       hierarchy->mount_point + membership.path});
  }
  return cgroups;
}

Result<Cgroups> Cgroups::of(const BoxProcess& box) {
  const Fd self(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!self) return errno_error("/proc/self");
  auto ours = read_proc_file(self.get(), "cgroup");
  if (!ours) return ours.error();
  auto mountinfo = read_proc_file(self.get(), "mountinfo");
  if (!mountinfo) return mountinfo.error();
  auto cgroups = parse_cgroups(box.cgroups(), *ours, *mountinfo);
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

Result<Fd> Cgroups::open_unified() const {
  for (const Cgroup& cgroup : cgroups_) {
    if (!cgroup.v2) continue;
    Fd directory(::open(cgroup.directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory) return errno_error("{}", cgroup.directory);
    return directory;
  }
  return Fd();
}

Result<void> Cgroups::join() const {
  for (const Cgroup& cgroup : cgroups_) {
    if (cgroup.v2) continue;
    // Moves the calling thread, which is all of this process. cgroup.procs would do the same, but
    // first shut every fork and exit of the machine out and so wait for an RCU grace period.
    const std::string file = cgroup.directory + "/tasks";
    const Fd tasks(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!tasks) return errno_error("{}", file);
    if (::write(tasks.get(), "0", 1) != 1) return errno_error("{}", file);
  }
  return {};
}

}  // namespace zomg::sessiond
