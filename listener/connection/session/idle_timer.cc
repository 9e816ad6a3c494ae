#include "listener/connection/session/idle_timer.h"

namespace zomg::connection {

IdleTimer::Verdict IdleTimer::check(Clock::time_point now, std::uint64_t moved) {
  if (timeout_.count() == 0) return Verdict::kFine;
  if (moved != moved_) {
    moved_ = moved;
    since_ = now;
    warned_ = false;
    return Verdict::kFine;
  }
  if (now >= since_ + timeout_) return Verdict::kOver;
  if (warned_ || now < since_ + timeout_ - notice_) return Verdict::kFine;
  warned_ = true;
  return Verdict::kWarn;
}

IdleTimer::Clock::time_point IdleTimer::deadline() const {
  if (timeout_.count() == 0) return Clock::time_point::max();
  return since_ + (warned_ ? timeout_ : timeout_ - notice_);
}

}  // namespace zomg::connection
