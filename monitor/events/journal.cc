#include "monitor/events/journal.h"

#include "common/base/limits.h"

namespace zomg::monitor {

std::uint64_t Journal::now_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

void Journal::deliver(const std::string& packet, std::uint64_t time_us) {
  for (Observer& observer : observers_) observer.queue.push(packet, time_us);
  if (retry_timer_ == 0) flush();
}

void Journal::flush() {
  retry_timer_ = 0;
  bool waiting = false;
  for (Observer& observer : observers_) {
    if (*observer.channel) observer.queue.flush(*observer.channel, now_us());
    if (!observer.queue.empty()) waiting = true;
  }
  if (waiting) retry_timer_ = loop_.after(limits::kObserverRetry, [this] { flush(); });
}

}  // namespace zomg::monitor
