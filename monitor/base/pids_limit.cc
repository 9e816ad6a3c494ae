#include "monitor/base/pids_limit.h"

#include <fstream>
#include <sstream>
#include <string_view>

namespace zomg::monitor {
namespace {

bool has_pids(const std::string& controllers) {
  return ("," + controllers + ",").find(",pids,") != std::string::npos;
}

bool is_below(std::string_view path, std::string_view root) {
  return path == root || (path.starts_with(root) && path[root.size()] == '/');
}

std::string contents(const char* file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// The directories from the mount point down to that of `path`.
void add_way(std::vector<std::string>& directories, std::string directory, std::string_view path) {
  directories.push_back(directory);
  std::istringstream parts{std::string(path)};
  for (std::string part; std::getline(parts, part, '/');) {
    if (part.empty()) continue;
    directory += "/" + part;
    directories.push_back(directory);
  }
}

}  // namespace

std::vector<std::string> pids_cgroups(const std::string& memberships, const std::string& mounts) {
  std::string v1;
  std::string v2;
  std::istringstream lines(memberships);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controllers.empty()) v2 = line.substr(second + 1);
    if (has_pids(controllers)) v1 = line.substr(second + 1);
  }
  std::vector<std::string> directories;
  std::istringstream all(mounts);
  for (std::string line; std::getline(all, line);) {
    // proc(5) mountinfo: fields by blanks; after ` - ` the type, the source and the super options.
    const std::size_t dash = line.find(" - cgroup");
    if (dash == std::string::npos) continue;
    std::istringstream before(line.substr(0, dash));
    std::istringstream after(line.substr(dash + 3));
    std::string skipped;
    std::string root;
    std::string mount_point;
    std::string type;
    std::string options;
    before >> skipped >> skipped >> skipped >> root >> mount_point;
    after >> type >> skipped >> options;
    if (type == "cgroup" && !has_pids(options)) continue;
    const std::string& path = type == "cgroup2" ? v2 : v1;
    if (root == "/") root.clear();
    // Else the mount is of another part of the hierarchy.
    if (!path.starts_with('/') || !is_below(path, root)) continue;
    add_way(directories, mount_point, std::string_view(path).substr(root.size()));
  }
  return directories;
}

std::optional<PidsLimit> lowest_pids_limit() {
  std::optional<PidsLimit> lowest;
  for (const std::string& directory :
       pids_cgroups(contents("/proc/self/cgroup"), contents("/proc/self/mountinfo"))) {
    const std::string file = directory + "/pids.max";
    std::uint64_t most = 0;
    // `max`, or no such file.
    if (!(std::ifstream(file) >> most)) continue;
    if (!lowest || most < lowest->most) lowest = PidsLimit{most, file};
  }
  return lowest;
}

}  // namespace zomg::monitor
