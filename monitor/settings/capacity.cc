#include "monitor/settings/capacity.h"

#include <algorithm>

#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

/// No connection at all would lock everybody out.
constexpr std::uint64_t kLeast = 1;

void share_what_there_is(Capacity& capacity) {
  const std::uint64_t others = std::max(kLeast, capacity.connections / 4);
  const std::uint64_t user = capacity.connections - std::min(capacity.connections, others);
  capacity.connections_per_user = std::min(capacity.connections_per_user, std::max(kLeast, user));
  const std::uint64_t key = (capacity.connections_per_user - 1) / 2;
  capacity.connections_per_key = std::min(capacity.connections_per_key, std::max(kLeast, key));
  capacity.sessions_per_box =
      std::min(capacity.sessions_per_box, kSessionsPerConnection * capacity.connections_per_user);
}

}  // namespace

Capacity capacity_of(const Settings& settings, const ResourceLimits& limits) {
  Capacity capacity;
  capacity.connections = std::min<std::uint64_t>(settings.max_connections, limits.connections);
  capacity.connections_per_key = settings.max_connections_per_key;
  capacity.connections_per_user = settings.max_connections_per_user;
  capacity.sessions_per_box = settings.max_sessions_per_box;
  if (capacity.connections < settings.max_connections) share_what_there_is(capacity);
  capacity.sessions = kSessionsPerConnection * capacity.connections;
  capacity.sessions_per_key = kSessionsPerConnection * capacity.connections_per_key;
  capacity.spares = std::min<std::uint64_t>(limits::kMaxSpareSessions, capacity.connections);
  if (limits.tasks == ResourceLimits::kUnlimited) return capacity;
  const std::uint64_t used = capacity.connections + capacity.sessions * kTasksOfSession;
  const std::uint64_t left = limits.tasks - std::min(limits.tasks, used);
  capacity.spares = std::min(capacity.spares, std::max(kLeast, left / kTasksOfSpare));
  const std::uint64_t others = capacity.connections + capacity.spares * kTasksOfSpare;
  capacity.tasks = limits.tasks - std::min(limits.tasks, others);
  const std::uint64_t connections = std::max(kLeast, capacity.connections);
  const std::uint64_t share = capacity.tasks * capacity.connections_per_key / connections;
  capacity.tasks_per_key = std::max(share, kTasksOfKubectlSession);
  return capacity;
}

}  // namespace zomg::monitor
