#include "listener/connection/protocol/client_alive.h"

namespace zomg::connection {

ClientAlive::Verdict ClientAlive::check(Clock::time_point now) {
  if (interval_.count() == 0 || now < next_) return Verdict::kFine;
  if (count_max_ > 0 && unanswered_ >= count_max_) return Verdict::kGone;
  ++unanswered_;
  next_ = now + interval_;
  return Verdict::kAsk;
}

}  // namespace zomg::connection
