#pragma once

#include <poll.h>

#include <vector>

namespace zomg::connection {

/// What a poll(2) is to wait for, and what it found. A descriptor that several parties ask for has
/// one entry.
class PollSet {
 public:
  void clear() { entries_.clear(); }
  /// Without events nothing is added: poll(2) would report a hangup again and again.
  void add(int fd, short events);
  /// poll(2); a negative timeout waits for ever. An interruption counts as a timeout.
  void wait(int timeout_ms);
  /// Whether any of `events`, an error or a hangup came up on `fd`, if that was asked for.
  bool has(int fd, short events) const;

 private:
  std::vector<pollfd> entries_;
};

}  // namespace zomg::connection
