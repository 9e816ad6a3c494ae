#pragma once

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "listener/connection/protocol/channel.h"
#include "listener/connection/protocol/channel_request.h"
#include "listener/connection/protocol/in_flight.h"
#include "listener/connection/protocol/receive_window.h"
#include "listener/connection/protocol/rekeying.h"
#include "listener/connection/session/backlog.h"

namespace zomg::connection::ssh {

/// A Channel over an ssh_channel, which it frees. What the client sends does not go through that:
/// libssh would copy it twice, and has one size of window for every distance.
class LibsshChannel final : public Channel {
 public:
  /// `open` is what the client asked for.
  LibsshChannel(ssh_session session, ssh_channel handle, const ChannelOpen& open,
                WindowBudget& budget, const Rekeying& rekeying);
  ~LibsshChannel();

  ssh_channel handle() const { return handle_; }
  std::uint32_t client_number() const { return client_number_; }
  /// Whether neither side has closed it.
  bool is_open() const { return !closed_ && !closed_by_client_; }
  /// Leaves the ssh_channel to ssh_disconnect(), which frees it after the message that the
  /// connection ends: a client that saw its last channel close would not wait for that.
  void leave();
  ChannelEvents* events() const { return events_; }
  /// From here on the events of the channel go to `events`.
  void listen(ChannelEvents* events);

  /// What the client may send from the start.
  std::uint32_t first_window() { return receive_window_.grant(); }
  /// Data from the client; false when it had no right to send it.
  bool receive(std::string_view data, bool extended);
  /// Allows the client to send as much as a window has room for.
  void grow_window();

  std::size_t window() const override;
  void limit_in_flight(std::size_t most) override { in_flight_.limit(most); }
  std::size_t write(std::string_view data, bool is_stderr) override;
  std::size_t read(std::span<char> buffer) override;
  void send_exit_status(std::uint32_t status) override;
  void send_exit_signal(std::string_view name, bool core_dumped) override;
  void close() override;

 private:
  static LibsshChannel& self(void* user) { return *static_cast<LibsshChannel*>(user); }

  ssh_session session_;
  ssh_channel handle_;
  std::uint32_t client_number_;
  const Rekeying& rekeying_;
  /// What is written at once: the smaller the client's packets, the more is spent on each byte.
  std::size_t most_at_once_;
  ReceiveWindow receive_window_;
  InFlight in_flight_;
  Backlog backlog_;
  bool closed_by_client_ = false;
  bool closed_ = false;
  ssh_channel_callbacks_struct callbacks_{};
  ChannelEvents* events_ = nullptr;
};

}  // namespace zomg::connection::ssh
