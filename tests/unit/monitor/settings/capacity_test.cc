#include "monitor/settings/capacity.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

/// As pids.max makes it.
ResourceLimits with_tasks(std::uint64_t tasks) {
  ResourceLimits limits;
  limits.tasks = tasks;
  limits.connections = static_cast<std::size_t>(tasks / kTasksPerConnection);
  return limits;
}

TEST(Capacity, IsWhatIsSetWhereNothingLowersIt) {
  const Settings settings;
  const Capacity capacity = capacity_of(settings, {});
  EXPECT_EQ(capacity.connections, settings.max_connections);
  EXPECT_EQ(capacity.connections_per_key, settings.max_connections_per_key);
  EXPECT_EQ(capacity.connections_per_user, settings.max_connections_per_user);
  EXPECT_EQ(capacity.sessions, 2 * settings.max_connections);
  EXPECT_EQ(capacity.sessions_per_key, 2 * settings.max_connections_per_key);
  EXPECT_EQ(capacity.sessions_per_box, settings.max_sessions_per_box);
  EXPECT_EQ(capacity.spares, limits::kMaxSpareSessions);
  EXPECT_EQ(capacity.tasks, ResourceLimits::kUnlimited);
  EXPECT_EQ(capacity.tasks_per_key, ResourceLimits::kUnlimited);
}

TEST(Capacity, LeavesAnOperatorsNumbersAlone) {
  Settings settings;
  settings.max_connections = settings.max_connections_per_key = settings.max_connections_per_user =
      4;
  const Capacity capacity = capacity_of(settings, {});
  EXPECT_EQ(capacity.connections_per_key, 4U);
  EXPECT_EQ(capacity.connections_per_user, 4U);
}

TEST(Capacity, OfAKeyIsLessThanHalfOfWhatIsLeft) {
  for (std::size_t connections = 3; connections < 512; ++connections) {
    ResourceLimits limits;
    limits.connections = connections;
    const Capacity capacity = capacity_of(Settings(), limits);
    EXPECT_EQ(capacity.connections, connections);
    EXPECT_LT(2 * capacity.connections_per_key, connections) << connections;
    EXPECT_LT(capacity.connections_per_user, connections) << connections;
    EXPECT_LT(2 * capacity.sessions_per_key, capacity.sessions) << connections;
    EXPECT_LT(capacity.sessions_per_box, capacity.sessions) << connections;
    if (connections < 4) continue;
    EXPECT_LT(2 * capacity.connections_per_key, capacity.connections_per_user) << connections;
    EXPECT_LT(capacity.sessions_per_key, capacity.sessions_per_box) << connections;
  }
}

TEST(Capacity, IsNeverNothing) {
  for (const std::size_t connections : {1, 2}) {
    ResourceLimits limits;
    limits.connections = connections;
    const Capacity capacity = capacity_of(Settings(), limits);
    EXPECT_EQ(capacity.connections_per_key, 1U);
    EXPECT_EQ(capacity.connections_per_user, 1U);
  }
}

TEST(Capacity, OfTasksIsNotUsedUpByAllConnectionsAndSessions) {
  for (std::uint64_t tasks = 32; tasks < 8192; ++tasks) {
    const Capacity capacity = capacity_of(Settings(), with_tasks(tasks));
    const std::uint64_t others = capacity.connections + capacity.spares * kTasksOfSpare;
    EXPECT_LE(others + capacity.sessions * kTasksOfSession, tasks);
    EXPECT_LE(others + capacity.tasks, tasks);
    EXPECT_GE(capacity.spares, capacity.connections / 3);
    // What a key may have by number of sessions it may have by their tasks, too.
    EXPECT_GE(capacity.tasks_per_key, capacity.sessions_per_key * kTasksOfSession);
    EXPECT_GE(capacity.tasks_per_key, kTasksOfKubectlSession);
    if (tasks < 100) continue;
    EXPECT_LT(2 * capacity.tasks_per_key, capacity.tasks) << tasks;
  }
}

}  // namespace
}  // namespace zomg::monitor
