#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/log.h"
#include "common/messages/event.h"
#include "monitor/base/event_loop.h"
#include "monitor/events/event_queue.h"

namespace zomg::monitor {

/// `text` cut to what an event's field holds.
template <std::size_t Max>
ipc::Bytes<Max> clipped(std::string_view text) {
  return text.substr(0, Max);
}

/// How long ago `start` was, for an event.
inline std::uint64_t microseconds_since(std::chrono::steady_clock::time_point start) {
  const auto passed = std::chrono::steady_clock::now() - start;
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
}

/// Publishes what happens to every observer. Never blocks, and never fails: an observer that does
/// not read, or does not run, costs a bounded queue.
class Journal {
 public:
  explicit Journal(EventLoop& loop) : loop_(loop) {}
  ~Journal() { loop_.cancel(retry_timer_); }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Microseconds since 1970 (UTC).
  static std::uint64_t now_us();

  /// Sends every event from now on over `channel`, which outlives the journal. While it is closed
  /// they wait: Helper::channel() is one that opens again.
  void add_observer(const ipc::Channel& channel) { observers_.push_back({&channel, {}}); }

  /// Publishes `event`, whose stamp is filled in here, of connection `connection` (0: of none).
  template <ipc::Message Event>
  void publish(std::uint64_t connection, Event event) {
    if (observers_.empty()) return;
    event.stamp = {++last_number_, now_us(), connection};
    if (auto packet = ipc::encode(event)) {
      deliver(*packet, event.stamp.time_us);
    } else {
      log::error("an event was lost: {}", packet.error().message);
    }
  }

 private:
  struct Observer {
    const ipc::Channel* channel;
    EventQueue queue;
  };

  void deliver(const std::string& packet, std::uint64_t time_us);
  void flush();

  EventLoop& loop_;
  std::vector<Observer> observers_;
  std::uint64_t last_number_ = 0;
  EventLoop::TimerId retry_timer_ = 0;
};

}  // namespace zomg::monitor
