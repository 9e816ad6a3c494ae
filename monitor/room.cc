#include <optional>

#include "common/limits.h"
#include "common/log.h"
#include "monitor/gateway.h"

// Who has to go when the gateway is nearly full.

namespace zomg::monitor {

/// From so many connections on. The rest is for those who come meanwhile.
std::size_t Gateway::crowded_from() const {
  return max_connections_ - max_connections_ / 8;
}

void Gateway::end_longest_unused(bool logged_in, std::chrono::seconds at_least) {
  const auto latest = EventLoop::Clock::now() - at_least;
  std::optional<EventLoop::Clock::time_point> since;
  Connection* found = nullptr;
  for (const auto& [id, connection] : connections_) {
    if ((connection->phase() == Phase::kSession) != logged_in) continue;
    const auto unused = connection->unused_since();
    if (!unused || *unused > latest || (since && *unused >= *since)) continue;
    since = unused;
    found = connection.get();
  }
  if (found != nullptr) found->end(common::Failure::kMadeRoom);
}

void Gateway::make_room_for_a_stranger() {
  // Of the strangers alone: whoever has not logged in must not be able to drive others out.
  if (connections_.size() >= crowded_from()) {
    end_longest_unused(false, limits::kStrangerBeforeEviction);
  }
}

void Gateway::make_room_for_a_login() {
  while (connections_.size() - admission_.startups() > crowded_from()) {
    const std::size_t before = connections_.size();
    end_longest_unused(true, limits::kIdleBeforeEviction);
    if (connections_.size() == before) return;
  }
}

}  // namespace zomg::monitor
