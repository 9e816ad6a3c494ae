#pragma once

#include "sessiond/box_process.h"

namespace zomg::sessiond {

/// The namespaces of the box that are not ours already, as flags of setns(2): user, mount, network,
/// IPC, UTS, pid, cgroup, time. To be asked for while /proc is the host's.
common::Result<int> find_namespaces(const BoxProcess& box);

/// setns(2), with no supplementary groups of ours left, into those of `namespaces` but the pid
/// namespace. The calling process is root of the box then, and nothing in the box can see it.
common::Result<void> enter_namespaces(const BoxProcess& box, int namespaces);

/// Has children to come be in the pid namespace of the box, if that is one of `namespaces`.
common::Result<void> enter_pid_namespace(const BoxProcess& box, int namespaces);

}  // namespace zomg::sessiond
