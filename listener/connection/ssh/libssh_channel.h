#pragma once

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "listener/connection/channel.h"

namespace zomg::connection::ssh {

/// A Channel over an ssh_channel, which it frees.
class LibsshChannel final : public Channel {
 public:
  explicit LibsshChannel(ssh_channel handle);
  ~LibsshChannel();

  ssh_channel handle() const { return handle_; }
  /// Leaves the ssh_channel to ssh_disconnect(), which frees it after the message that the
  /// connection ends: a client that saw its last channel close would not wait for that.
  void leave();
  ChannelEvents* events() const { return events_; }
  /// From here on the events of the channel go to `events`.
  void listen(ChannelEvents* events);

  std::size_t window() const override;
  std::size_t write(std::string_view data, bool is_stderr) override;
  std::size_t read(std::span<char> buffer) override;
  void send_exit_status(std::uint32_t status) override;
  void send_exit_signal(std::string_view name, bool core_dumped) override;
  void close() override;

 private:
  static LibsshChannel& self(void* user) { return *static_cast<LibsshChannel*>(user); }

  ssh_channel handle_;
  ssh_channel_callbacks_struct callbacks_{};
  ChannelEvents* events_ = nullptr;
};

}  // namespace zomg::connection::ssh
