#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "listener/connection/channel.h"

namespace zomg::connection {

/// The way from the client to the program's stdin or terminal. What the program does not take waits
/// in the channel, where the window bounds it; only a piece that was taken out waits here.
class InputStream {
 public:
  /// Lends a non-blocking descriptor to write to.
  void open(int target) { target_ = target; }
  /// Shows every byte that the program was given to `tap`, afterwards.
  void watch(std::function<void(std::string_view)> tap) { tap_ = std::move(tap); }
  /// From now on the program is given no more than `room()` bytes at a time.
  void limit(std::function<std::size_t()> room) { room_ = std::move(room); }
  /// From now on everything is dropped.
  void close() {
    target_ = -1;
    closed_ = true;
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
  bool wants_write() const { return target_ >= 0 && backlog_ && !is_held(); }
  /// Whether the program is to be given nothing now.
  bool is_held() const { return room_ && room_() == 0; }
  /// How many bytes the program was given.
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::size_t write_some(std::string_view data);

  int target_ = -1;
  bool closed_ = false;
  bool backlog_ = false;
  std::string pending_;
  std::uint64_t bytes_ = 0;
  std::function<void(std::string_view)> tap_;
  std::function<std::size_t()> room_;
};

}  // namespace zomg::connection
