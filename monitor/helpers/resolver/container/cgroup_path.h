#pragma once

#include <string>
#include <string_view>

namespace zomg::resolver {

/// Where a container is in each hierarchy of cgroups, of which an OCI runtimeSpec has this
/// `linux.cgroupsPath` (config-linux.md "Cgroups Path"): an absolute path as it is, and
/// `SLICE:PREFIX:NAME` as the scope that systemd makes for runc and crun (runc
/// libcontainer/cgroups/systemd). Empty for any other: a relative path leads from wherever the runtime
/// is.
std::string cgroup_path(std::string_view cgroups_path);

}  // namespace zomg::resolver
