#pragma once

#include <string>
#include <string_view>

#include "common/ipc/channel.h"
#include "common/messages/connection.h"
#include "listener/connection/requests/auth_request.h"

namespace zomg::connection {

/// The connection's side of its IPC channel with the monitor. Every question waits for its reply.
/// When the monitor is gone, or breaks the contract, the channel closes and every answer is no.
class MonitorLink {
 public:
  explicit MonitorLink(ipc::Channel channel) : channel_(std::move(channel)) {}

  /// The first packet.
  common::Result<messages::Welcome> receive_welcome();

  /// Tells what the PROXY header says; whether that client is served.
  bool proxy_header(const messages::ProxyHeader& header);
  /// The host key's signature over a key exchange; false when there is none to be had.
  bool sign_exchange(const messages::SignExchange& exchange, std::string& signature);
  /// Whether a signature by the key of `request` would be acceptable.
  bool check_key(const AuthRequest& request);
  /// Whether the signature of `request` logs the client in.
  bool verify_user(const AuthRequest& request);
  /// Whether the user who logged in may have terminals.
  bool terminal_permitted() const { return terminal_permitted_; }
  /// What their channels may let the client send ahead (window_budget.h).
  std::size_t window_bytes() const { return window_bytes_; }
  /// A new session's control socket, and the number that the monitor knows it by.
  struct OpenedSession {
    ipc::Channel control;
    std::uint32_t number = 0;
    /// Whether report_sftp() is wanted.
    bool tell_sftp = false;
  };
  common::Result<OpenedSession> open_session(const messages::OpenSession& request);
  /// Tells how many bytes a session moved; once, at its end.
  void report_traffic(const messages::ReportTraffic& traffic);
  /// Tells of an operation of an sftp session.
  void report_sftp(const messages::ReportSftp& report);
  /// Tells of an event for the log; at most kMaxReportsPerConnection of them.
  void report(messages::Event event) { report(messages::Report{event}); }
  /// Tells which system calls the sandbox has refused since the last time.
  void report_refused_calls();

  /// The descriptor that turns readable when the monitor goes; -1 when it has gone.
  int fd() const { return channel_.fd(); }
  bool alive() const { return static_cast<bool>(channel_); }
  /// To be called when fd() is readable although nothing was asked: closes the channel.
  void on_unasked_packet();
  /// Why the monitor has ended the connection; kNone: it has not.
  common::Failure ended() const { return ended_; }

 private:
  template <typename Reply, typename Request>
  common::Result<Reply> ask(const Request& request, std::vector<common::Fd>* fds = nullptr);

  void report(const messages::Report& report);
  template <typename News>
  void tell(const News& news);
  /// What the monitor says next, or said before it went away.
  common::Result<ipc::Packet> receive() const;
  /// Closes the channel, on which nothing could be sent: the last packet says why, if one is there.
  void part(const common::Error& not_sent);
  /// Whether it is the last packet, which is taken note of.
  bool take_end(const ipc::Packet& packet);

  ipc::Channel channel_;
  unsigned reports_ = 0;
  bool terminal_permitted_ = false;
  std::size_t window_bytes_ = 0;
  common::Failure ended_ = common::Failure::kNone;
};

}  // namespace zomg::connection
