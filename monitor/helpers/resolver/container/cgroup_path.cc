#include "monitor/helpers/resolver/container/cgroup_path.h"

#include <fmt/core.h>

#include <sstream>

namespace zomg::resolver {
namespace {

constexpr std::string_view kSlice = ".slice";

/// systemd.slice(5): `a-b.slice` is in `a.slice`. Empty for what is no name of a slice.
std::string slice_path(std::string_view slice) {
  if (!slice.ends_with(kSlice) || slice.find('/') != std::string_view::npos) return {};
  const std::string name(slice.substr(0, slice.size() - kSlice.size()));
  if (name.empty() || name.ends_with('-')) return {};
  std::string path;
  std::string prefix;
  std::istringstream parts(name);
  for (std::string part; std::getline(parts, part, '-');) {
    if (part.empty()) return {};
    path += fmt::format("/{}{}{}", prefix, part, kSlice);
    prefix += part + "-";
  }
  return path;
}

}  // namespace

std::string cgroup_path(std::string_view cgroups_path) {
  if (cgroups_path.starts_with('/')) return std::string(cgroups_path);
  const std::size_t first = cgroups_path.find(':');
  const std::size_t second = cgroups_path.find(':', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return {};
  const std::string slice = slice_path(cgroups_path.substr(0, first));
  if (slice.empty()) return {};
  return fmt::format("{}/{}-{}.scope", slice, cgroups_path.substr(first + 1, second - first - 1),
                     cgroups_path.substr(second + 1));
}

}  // namespace zomg::resolver
