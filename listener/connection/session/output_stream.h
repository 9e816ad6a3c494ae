#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/fd.h"
#include "listener/connection/protocol/channel.h"

namespace zomg::connection {

/// One way from the program to the client: stdout, stderr, or a terminal. Reads no more than the
/// client's window has room for, and keeps what the channel did not take.
class OutputStream {
 public:
  explicit OutputStream(bool is_stderr) : is_stderr_(is_stderr) {}

  /// Takes a non-blocking descriptor to read.
  void open(common::Fd source) { source_ = std::move(source); }
  /// Shows every byte that the program wrote to `tap`.
  void watch(std::function<void(std::string_view)> tap) { tap_ = std::move(tap); }
  /// Stops reading; what was read is still sent.
  void close() { source_.reset(); }
  /// Text of our own, after what was read so far.
  void append(std::string_view text) { pending_ += text; }

  int fd() const { return source_.get(); }
  bool is_open() const { return static_cast<bool>(source_); }
  /// Whether there is room to read into.
  bool wants_read(const Channel& channel) const {
    return is_open() && pending_.empty() && channel.window() > 0;
  }
  bool has_pending() const { return !pending_.empty(); }
  /// How many bytes the client was sent.
  std::uint64_t bytes() const { return bytes_; }
  /// How many bytes the program wrote, as far as they were read.
  std::uint64_t bytes_read() const { return bytes_read_; }
  bool finished() const { return !is_open() && pending_.empty(); }

  enum class Outcome {
    kMoved,    ///< bytes went to the client
    kBlocked,  ///< the client takes nothing now
    kIdle,     ///< the program has written nothing more
    kEnded,    ///< the program's end is closed
  };
  /// Sends what is pending; then reads once, at most `limit` bytes into `buffer`, and sends that.
  /// With `discard` the bytes are dropped instead.
  Outcome pump(Channel& channel, std::span<char> buffer, std::size_t limit, bool discard = false);

 private:
  std::size_t send(Channel& channel, std::string_view data);
  bool send_pending(Channel& channel);

  bool is_stderr_;
  common::Fd source_;
  std::string pending_;
  std::uint64_t bytes_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::function<void(std::string_view)> tap_;
};

}  // namespace zomg::connection
