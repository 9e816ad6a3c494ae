#pragma once

#include "common/base/result.h"

namespace zomg::sessiond {

/// Where the gateway is a pod itself, moves this process into the mount and cgroup namespaces of
/// the host, and does nothing elsewhere. A pod sees only its own part of the cgroup hierarchies,
/// and with cgroup v2 (cgroup_namespaces(7)) paths from there on: no box could be joined. Needs
/// CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SYS_PTRACE, and the host's pid namespace, as entering a box
/// does.
common::Result<void> enter_host_view();

}  // namespace zomg::sessiond
