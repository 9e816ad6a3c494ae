#pragma once

#include <string_view>

namespace zomg::sessiond {

/// Whether a process is in the cgroup at `path`, or in one below it, and that is one which a runtime
/// makes for the container `id`: its last component is `<id>` or `<prefix>-<id>` with the cgroupfs
/// driver, `<prefix>-<id>.scope` with systemd's. `cgroups` is the text of its /proc/PID/cgroup, and
/// both are seen from the host's root of the hierarchies. One hierarchy is enough: v1 has some in
/// which a runtime makes no cgroups.
///
/// It is the whole path that has to be right. Whoever may make cgroups below one of their own, as a
/// box or an account of the host may, can name them as they like, but has none elsewhere.
bool is_in_cgroup_of_container(std::string_view cgroups, std::string_view path,
                               std::string_view id);

}  // namespace zomg::sessiond
