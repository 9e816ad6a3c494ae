#include "monitor/boxes/spares.h"

#include <utility>

namespace zomg::monitor {

Spares::Place Spares::take(std::function<void()> give_up) {
  if (taken_.size() >= most_) give_up_first();
  taken_.emplace(++last_place_, Taken{EventLoop::Clock::now() + time_, std::move(give_up)});
  if (timer_ == 0) timer_ = loop_.after(time_, [this] { on_time(); });
  return last_place_;
}

void Spares::give_up_all() {
  while (!taken_.empty()) give_up_first();
}

void Spares::give_up_first() {
  if (taken_.empty()) return;
  const auto node = taken_.extract(taken_.begin());
  node.mapped().give_up();
}

void Spares::on_time() {
  timer_ = 0;
  const auto now = EventLoop::Clock::now();
  while (!taken_.empty() && taken_.begin()->second.until <= now) give_up_first();
  // One timer for all: they come in the order of their ends.
  if (!taken_.empty()) {
    timer_ = loop_.after(taken_.begin()->second.until - now, [this] { on_time(); });
  }
}

}  // namespace zomg::monitor
