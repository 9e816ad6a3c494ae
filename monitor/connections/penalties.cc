#include "monitor/connections/penalties.h"

#include <algorithm>

namespace zomg::monitor {

std::chrono::seconds Penalties::time_for(Offence offence) const {
  switch (offence) {
    case Offence::kAuthenticationFailed:
      return rules_.authentication_failed;
    case Offence::kNoAuthentication:
      return rules_.no_authentication;
    case Offence::kGraceExceeded:
      return rules_.grace_exceeded;
    case Offence::kCrash:
      return rules_.crash;
  }
  return {};
}

void Penalties::forget_ended(Clock::time_point now) {
  while (!by_end_.empty() && by_end_.begin()->first <= now) {
    penalties_.erase(by_end_.begin()->second);
    by_end_.erase(by_end_.begin());
  }
}

void Penalties::add(const Network& source, Offence offence, Clock::time_point now) {
  const std::chrono::seconds time = time_for(offence);
  if (!rules_.enabled || time.count() == 0) return;
  forget_ended(now);
  auto found = penalties_.find(source);
  if (found == penalties_.end()) {
    if (penalties_.size() >= rules_.max_sources) {
      if (rules_.refuse_all_on_overflow) return;
      penalties_.erase(by_end_.begin()->second);
      by_end_.erase(by_end_.begin());
    }
    found = penalties_.emplace(source, Penalty{now, false}).first;
  } else {
    by_end_.erase({found->second.end, source});
  }
  Penalty& penalty = found->second;
  penalty.end = std::min(penalty.end + time, now + rules_.max);
  if (penalty.end - now >= rules_.min) penalty.enforced = true;
  by_end_.emplace(penalty.end, source);
}

bool Penalties::refuses(const Network& source, Clock::time_point now) {
  if (!rules_.enabled) return false;
  forget_ended(now);
  if (rules_.refuse_all_on_overflow && penalties_.size() >= rules_.max_sources) return true;
  const auto found = penalties_.find(source);
  return found != penalties_.end() && found->second.enforced;
}

}  // namespace zomg::monitor
