#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "monitor/gateway.h"

// Who has to go when the gateway is nearly full.

namespace zomg::monitor {

/// From so many connections on. The rest is for those who come meanwhile.
std::size_t Gateway::crowded_from() const {
  return capacity_.connections - capacity_.connections / 8;
}

void Gateway::end_longest_unused(bool logged_in, std::chrono::seconds at_least, std::size_t count) {
  const auto latest = EventLoop::Clock::now() - at_least;
  std::vector<std::pair<EventLoop::Clock::time_point, std::uint64_t>> unused;
  for (const auto& [id, connection] : connections_) {
    if ((connection->phase() == Phase::kSession) != logged_in) continue;
    const auto since = connection->unused_since();
    if (since && *since <= latest) unused.emplace_back(*since, id);
  }
  const auto last = unused.begin() + static_cast<std::ptrdiff_t>(std::min(count, unused.size()));
  std::partial_sort(unused.begin(), last, unused.end());
  for (auto each = unused.begin(); each != last; ++each) {
    connections_.at(each->second)->end(common::Failure::kMadeRoom);
  }
}

void Gateway::make_room_for_a_stranger() {
  // Of the strangers alone: whoever has not logged in must not be able to drive others out.
  if (connections_.size() >= crowded_from()) {
    end_longest_unused(false, limits::kStrangerBeforeEviction, 1);
  }
}

void Gateway::make_room_for_logins() {
  const std::size_t logged_in = connections_.size() - admission_.startups();
  if (logged_in > crowded_from()) {
    end_longest_unused(true, limits::kIdleBeforeEviction, logged_in - crowded_from());
  }
}

}  // namespace zomg::monitor
