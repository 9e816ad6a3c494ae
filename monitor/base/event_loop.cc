#include "monitor/base/event_loop.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "common/base/uninterrupted.h"

namespace zomg::monitor {

EventLoop::EventLoop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      clock_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  CHECK(epoll_.get() >= 0 && clock_.get() >= 0);
  watch(clock_.get(), [this] {
    std::uint64_t expirations = 0;
    // It may have been set anew since it went off: there is nothing to read then.
    CHECK(::read(clock_.get(), &expirations, sizeof(expirations)) > 0 || errno == EAGAIN);
    clock_set_to_ = {};
  });
}

void EventLoop::watch(int fd, std::function<void()> on_readable) {
  CHECK(fd >= 0 && !watched_.contains(fd));
  const WatchId id = ++last_watch_;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = std::uint64_t{id} << 32U | static_cast<std::uint32_t>(fd);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    CHECK(errno == ENOSPC || errno == ENOMEM);
    polled_.push_back(fd);
  }
  watched_.emplace(fd, Watch{id, std::move(on_readable)});
}

void EventLoop::forget(int fd) {
  if (watched_.erase(fd) == 0 || std::erase(polled_, fd) > 0) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

EventLoop::TimerId EventLoop::after(Clock::duration delay, std::function<void()> on_time) {
  const TimerId id = ++last_timer_;
  timers_.emplace(Clock::now() + delay, Timer{id, std::move(on_time)});
  return id;
}

void EventLoop::cancel(TimerId timer) {
  std::erase_if(timers_, [timer](const auto& entry) { return entry.second.id == timer; });
}

void EventLoop::set_clock() {
  if (timers_.empty() || timers_.begin()->first == clock_set_to_) return;
  clock_set_to_ = timers_.begin()->first;
  using std::chrono::nanoseconds, std::chrono::seconds;
  const nanoseconds time = clock_set_to_.time_since_epoch();
  itimerspec at{};
  at.it_value.tv_sec = std::chrono::duration_cast<seconds>(time).count();
  at.it_value.tv_nsec = (time % seconds(1)).count();
  CHECK(::timerfd_settime(clock_.get(), TFD_TIMER_ABSTIME, &at, nullptr) == 0);
}

void EventLoop::run_timers() {
  const auto now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto due = timers_.extract(timers_.begin());
    due.mapped().on_time();
  }
}

std::vector<EventLoop::Event> EventLoop::wait() {
  std::vector<Event> ready;
  if (!polled_.empty()) {
    std::vector<pollfd> polled{{epoll_.get(), POLLIN, 0}};
    for (const int fd : polled_) polled.push_back({fd, POLLIN, 0});
    CHECK(common::poll_events(polled, -1) >= 0);
    for (const pollfd& one : polled) {
      if (one.revents == 0 || one.fd == epoll_.get()) continue;
      ready.push_back({one.fd, watched_.at(one.fd).id});
    }
  }
  std::array<epoll_event, 64> events{};
  const int patience = polled_.empty() ? -1 : 0;
  const int count = common::uninterrupted(
      [&] { return ::epoll_wait(epoll_.get(), events.data(), events.size(), patience); });
  CHECK(count >= 0);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t data = events[static_cast<std::size_t>(i)].data.u64;
    ready.push_back({static_cast<int>(data & 0xffffffffU), static_cast<WatchId>(data >> 32U)});
  }
  return ready;
}

void EventLoop::run() {
  while (running_) {
    set_clock();
    for (const Event& event : wait()) {
      if (!running_) break;
      // Looked up each time: an earlier callback of this round may have removed it, and watched another
      // descriptor of the same number.
      const auto found = watched_.find(event.fd);
      if (found == watched_.end() || found->second.id != event.id) continue;
      const auto on_readable = found->second.on_readable;
      on_readable();
    }
    run_timers();
  }
  running_ = true;
}

}  // namespace zomg::monitor
