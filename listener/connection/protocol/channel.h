#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace zomg::connection {

/// One open SSH channel (RFC 4254 §5), as far as a session needs it. An interface so that sessions
/// can be tested without libssh.
class Channel {
 public:
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// The bytes that the client is ready to take, and the limit of the channel's flight leaves room
  /// for.
  virtual std::size_t window() const = 0;
  /// At most so many bytes are to be on their way (in_flight.h).
  virtual void limit_in_flight(std::size_t most) = 0;
  /// Sends as data, or as SSH_EXTENDED_DATA_STDERR. Returns how many bytes were taken: fewer than
  /// offered at the end of the window or during a key exchange, all once the client has closed.
  virtual std::size_t write(std::string_view data, bool is_stderr) = 0;
  /// Takes data that on_data() left behind; 0 when there is none.
  virtual std::size_t read(std::span<char> buffer) = 0;
  /// RFC 4254 §6.10.
  virtual void send_exit_status(std::uint32_t status) = 0;
  virtual void send_exit_signal(std::string_view name, bool core_dumped) = 0;
  /// Sends EOF and CLOSE; nothing can be sent afterwards.
  virtual void close() = 0;

 protected:
  ~Channel() = default;
};

/// What happens on a channel. None of these may write to the channel.
class ChannelEvents {
 public:
  /// A channel request by its name and type-specific part; the return value is the reply.
  virtual bool on_request(std::string_view name, std::string_view payload) = 0;
  /// Data from the client; returns how many bytes were taken. The rest waits for Channel::read().
  virtual std::size_t on_data(std::string_view data) = 0;
  virtual void on_signal(std::string_view name) = 0;
  virtual void on_eof() = 0;
  /// The client has closed the channel.
  virtual void on_close() = 0;

 protected:
  ~ChannelEvents() = default;
};

}  // namespace zomg::connection
