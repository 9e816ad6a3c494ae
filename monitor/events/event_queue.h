#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "common/ipc/channel.h"

namespace zomg::monitor {

/// The events that wait for one observer. Bounded: what does not fit is dropped and counted, and
/// the count is the next event that the observer gets.
class EventQueue {
 public:
  /// Adds an encoded event. `time_us` is now, in microseconds since 1970.
  void push(std::string packet, std::uint64_t time_us);
  /// Sends what waits, as far as the channel takes it without blocking.
  void flush(const ipc::Channel& channel, std::uint64_t time_us);
  bool empty() const { return packets_.empty() && dropped_ == 0; }

 private:
  bool has_room_for(const std::string& packet) const;
  void report_drops(std::uint64_t time_us);

  std::deque<std::string> packets_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace zomg::monitor
