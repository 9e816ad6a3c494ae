#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

#include "monitor/base/event_loop.h"

namespace zomg::monitor {

/// Who has something ready ahead of being asked for it: so many at most, those who used theirs last, and
/// each for so long.
class Spares {
 public:
  /// Names a place; 0 none.
  using Place = std::uint64_t;

  Spares(EventLoop& loop, std::size_t most, EventLoop::Clock::duration time)
      : loop_(loop), most_(most), time_(time) {}
  Spares(const Spares&) = delete;
  Spares& operator=(const Spares&) = delete;
  ~Spares() { loop_.cancel(timer_); }

  /// Takes a place for whoever has just used theirs, or come. `give_up` is called when the time is over,
  /// or others need the room: the place is left then. Without room the one that was taken first is given
  /// up at once.
  Place take(std::function<void()> give_up);
  void leave(Place place) { taken_.erase(place); }
  /// Has all give up.
  void give_up_all();
  std::size_t count() const { return taken_.size(); }

 private:
  struct Taken {
    EventLoop::Clock::time_point until;
    std::function<void()> give_up;
  };

  void give_up_first();
  void on_time();

  EventLoop& loop_;
  std::size_t most_;
  EventLoop::Clock::duration time_;
  std::map<Place, Taken> taken_;  ///< in the order in which their time is over
  Place last_place_ = 0;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace zomg::monitor
