#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "common/base/fd.h"

namespace zomg::monitor {

/// Waits for descriptors and deadlines, and calls back, on one thread. Callbacks may add and remove
/// anything, themselves included.
class EventLoop {
 public:
  using Clock = std::chrono::steady_clock;
  using TimerId = std::uint64_t;

  EventLoop();

  /// Calls `on_readable` whenever `fd` is readable or hung up, until forget(fd). The caller keeps
  /// the descriptor open as long.
  void watch(int fd, std::function<void()> on_readable);
  void forget(int fd);

  /// Calls `on_time` once, `delay` from now, unless cancelled.
  TimerId after(Clock::duration delay, std::function<void()> on_time);
  void cancel(TimerId timer);

  /// Runs until stop(), or not at all where that came before. May be called again then.
  void run();
  void stop() { running_ = false; }

 private:
  /// One watch(): a descriptor's number may be another descriptor's by the time that its event is dealt
  /// with, as a callback before it closed and opened some.
  using WatchId = std::uint32_t;
  struct Watch {
    WatchId id;
    std::function<void()> on_readable;
  };
  struct Event {
    int fd;
    WatchId id;
  };

  /// Those that are readable or hung up, once some are.
  std::vector<Event> wait();
  void set_clock();
  void run_timers();

  struct Timer {
    TimerId id;
    std::function<void()> on_time;
  };

  common::Fd epoll_;
  /// Those that the kernel had no room for in the epoll set: polled beside it.
  std::vector<int> polled_;
  /// Wakes the loop at a time that does not depend on when it went to sleep, as a number of
  /// milliseconds to sleep would.
  common::Fd clock_;
  Clock::time_point clock_set_to_{};
  std::unordered_map<int, Watch> watched_;
  WatchId last_watch_ = 0;
  std::multimap<Clock::time_point, Timer> timers_;
  TimerId last_timer_ = 0;
  bool running_ = true;
};

}  // namespace zomg::monitor
