#include "monitor/event_loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <utility>

namespace zomg::monitor {

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  CHECK(epoll_.get() >= 0);
}

void EventLoop::watch(int fd, std::function<void()> on_readable) {
  CHECK(fd >= 0 && !watched_.contains(fd));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
  watched_.emplace(fd, std::move(on_readable));
}

void EventLoop::forget(int fd) {
  if (watched_.erase(fd) > 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

EventLoop::TimerId EventLoop::after(Clock::duration delay, std::function<void()> on_time) {
  const TimerId id = ++last_timer_;
  timers_.emplace(Clock::now() + delay, Timer{id, std::move(on_time)});
  return id;
}

void EventLoop::cancel(TimerId timer) {
  std::erase_if(timers_, [timer](const auto& entry) { return entry.second.id == timer; });
}

int EventLoop::timeout_ms() const {
  if (timers_.empty()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void EventLoop::run_timers() {
  const auto now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto due = timers_.extract(timers_.begin());
    due.mapped().on_time();
  }
}

void EventLoop::run() {
  std::array<epoll_event, 64> events{};
  while (running_) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), timeout_ms());
    CHECK(count >= 0 || errno == EINTR);
    for (int i = 0; i < count && running_; ++i) {
      // Looked up each time: an earlier callback of this round may have removed it.
      const auto found = watched_.find(events[static_cast<std::size_t>(i)].data.fd);
      if (found == watched_.end()) continue;
      const auto on_readable = found->second;
      on_readable();
    }
    run_timers();
  }
}

}  // namespace zomg::monitor
