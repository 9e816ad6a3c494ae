#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "listener/connection/protocol/channel.h"
#include "listener/connection/session/pipe_pages.h"

namespace zomg::connection {

/// The way from the client to the program's stdin or terminal. What the program does not take waits
/// in the channel, where the window bounds it; only a piece that was taken out waits here.
class InputStream {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

  /// Lends a non-blocking descriptor to write to. In a pipe no more than `most_waiting` bytes of memory
  /// are made to wait: its reader may make it hold more (F_SETPIPE_SZ), but the memory is the writer's.
  void open(int target, std::size_t most_waiting = kUnlimited) {
    target_ = target;
    most_waiting_ = most_waiting;
  }
  /// Shows every byte that the program was given to `tap`, afterwards.
  void watch(std::function<void(std::string_view)> tap) { tap_ = std::move(tap); }
  /// From now on the program is given no more than `room()` bytes at a time.
  void limit(std::function<std::size_t()> room) { room_ = std::move(room); }
  /// From now on everything is dropped.
  void close() {
    target_ = -1;
    closed_ = true;
    rests_until_ = Clock::time_point::max();
    pending_.clear();
  }
  bool closed() const { return closed_; }

  /// Data as it arrives; returns how much of it was taken.
  std::size_t take(std::string_view data);
  /// Moves what waits in the channel, as far as the program takes it. True when nothing waits.
  bool drain(Channel& channel, std::span<char> buffer);
  /// Whether data waits, here or in the channel.
  bool has_backlog() const { return backlog_; }
  /// Whether to call drain() when the target becomes writable.
  bool wants_write() const { return target_ >= 0 && backlog_ && !is_held() && !is_resting(); }
  /// When to call rest_until() though nothing happens.
  Clock::time_point rests_until() const { return rests_until_; }
  /// What is writable for poll(2), and has as much waiting as it may, is looked at again only now and
  /// then. This is called before poll(2) is asked.
  void rest_until(Clock::time_point now) {
    if (now >= rests_until_) rests_until_ = Clock::time_point::max();
  }
  /// Whether the program is to be given nothing now.
  bool is_held() const { return room_ && room_() == 0; }
  /// How many bytes the program was given.
  std::uint64_t bytes() const { return bytes_; }

 private:
  bool is_resting() const { return rests_until_ != Clock::time_point::max(); }
  std::size_t room_in_target();
  /// How many bytes the program may be given now.
  std::size_t room();
  std::size_t write_some(std::string_view data, std::size_t room);
  bool move(Channel& channel, std::span<char> buffer);
  /// Of a pipe that nobody has open to read any more.
  bool is_broken() const;
  void rest();

  int target_ = -1;
  std::size_t most_waiting_ = kUnlimited;
  PipePages pages_;
  Clock::time_point rests_until_ = Clock::time_point::max();
  std::chrono::milliseconds rest_{1};
  bool closed_ = false;
  bool backlog_ = false;
  std::string pending_;
  std::uint64_t bytes_ = 0;
  std::function<void(std::string_view)> tap_;
  std::function<std::size_t()> room_;
};

}  // namespace zomg::connection
