#pragma once

#include <cstdint>

#include "monitor/base/resource_limits.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// How much of the gateway there is, and how much of that one key, one login name and one box have.
/// All of it follows from the number of connections that there can be, which resource limits may have
/// lowered.
struct Capacity {
  std::uint64_t connections = 0;
  std::uint64_t connections_per_key = 0;
  std::uint64_t connections_per_user = 0;
  std::uint64_t sessions = 0;
  std::uint64_t sessions_per_key = 0;
  std::uint64_t sessions_per_box = 0;
  /// Connections that have a session waiting ahead of being asked for.
  std::uint64_t spares = 0;
  /// What sessions, but those, come to in processes and threads (kTasksOfSession, kTasksOfKubectlSession).
  std::uint64_t tasks = ResourceLimits::kUnlimited;
  std::uint64_t tasks_per_key = ResourceLimits::kUnlimited;
};

/// Where resource limits allow fewer connections than are set, a key has less than half of what a login
/// name has, and that less than all, whatever is set. Where they do not, it is as the settings say.
Capacity capacity_of(const Settings& settings, const ResourceLimits& limits);

}  // namespace zomg::monitor
