#include "monitor/check/checks.h"

namespace zomg::monitor::check {

void check_capacity(const Capacity& capacity, Findings& findings) {
  constexpr const char* kSubject = "quotas";
  if (capacity.connections_per_key >= capacity.connections_per_user) {
    findings.warning(kSubject, "one key can have all connections of a login name",
                     "Set ZOMG_SSH_MAX_CONNECTIONS_PER_KEY lower than "
                     "ZOMG_SSH_MAX_CONNECTIONS_PER_USER, to less than half of it");
  }
  if (2 * capacity.connections_per_key >= capacity.connections) {
    findings.warning(kSubject,
                     fmt::format("one key can have {} of {} connections",
                                 capacity.connections_per_key, capacity.connections),
                     "Set ZOMG_SSH_MAX_CONNECTIONS_PER_KEY to less than half of all connections");
  }
  if (capacity.sessions_per_key >= capacity.sessions_per_box) {
    findings.warning(kSubject, "one key can have all sessions of a box",
                     "Set ZOMG_SSH_MAX_SESSIONS_PER_BOX to more than twice "
                     "ZOMG_SSH_MAX_CONNECTIONS_PER_KEY");
  }
  findings.good(
      kSubject,
      fmt::format("{} connections, {} of one key, {} of one login name; {} sessions, {} of "
                  "one key, {} in one box",
                  capacity.connections, capacity.connections_per_key, capacity.connections_per_user,
                  capacity.sessions, capacity.sessions_per_key, capacity.sessions_per_box));
}

}  // namespace zomg::monitor::check
