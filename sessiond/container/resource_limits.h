#pragma once

#include <sys/resource.h>

#include <array>
#include <optional>
#include <string_view>

#include "sessiond/container/box_process.h"

namespace zomg::sessiond {

/// The limits of getrlimit(2), by resource; nothing where the kernel that wrote them has none.
using ResourceLimits = std::array<std::optional<rlimit>, RLIM_NLIMITS>;

/// Parses the text of /proc/PID/limits (proc(5)).
ResourceLimits parse_resource_limits(std::string_view text);

/// Those of the container's own process.
common::Result<ResourceLimits> read_resource_limits(const BoxProcess& box);

/// Raises our hard limits to theirs, where CAP_SYS_RESOURCE of the host's user namespace allows it,
/// so that they can be taken on later, without it.
void raise_hard_limits(const ResourceLimits& limits);

/// Takes them on. Where a hard limit of ours is lower and CAP_SYS_RESOURCE is missing, ours stays:
/// a session may have less than the container, never more.
common::Result<void> apply_resource_limits(const ResourceLimits& limits);

}  // namespace zomg::sessiond
