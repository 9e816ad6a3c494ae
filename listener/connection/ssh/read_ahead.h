#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "listener/connection/session/bulk_buffer.h"

namespace zomg::connection::ssh {

/// Reads the client's socket in large pieces and hands them out in the small ones that libssh asks
/// for (4 KiB a recv(2)), and keeps send(2) from blocking. libssh takes EAGAIN for the end of the
/// connection, so neither function ever fails with it.
///
/// What libssh has to send goes before what it has to read: it drops its output where the input is
/// in error, and a client with which no algorithm is shared would never see ours. For the same
/// reason the client's identification (RFC 4253 §4.2) is handed out alone: the answer to it is our
/// offer.
///
/// A client that does not read what it is sent is not read either, from some bytes on: it could ask for
/// answers, which are kept, without end.
class ReadAhead {
 public:
  explicit ReadAhead(int socket);

  int socket() const { return socket_; }
  /// Whether bytes lie here that poll(2) knows nothing of, and libssh may have.
  bool has_bytes() const { return begin_ != end_ && !is_full(); }

  /// How many bytes have come.
  std::uint64_t received() const { return received_; }
  /// Whether bytes have come since this was last asked.
  bool take_heard() { return std::exchange(heard_, false); }

  /// In the place of recv(2).
  ssize_t receive(void* data, std::size_t size);
  /// In the place of send(2); 0 when the socket takes nothing now.
  ssize_t send(const void* data, std::size_t size, int flags);
  /// libssh is about to keep as many bytes more until it can send them.
  void on_kept(std::size_t bytes) { unsent_ += bytes; }
  /// The bytes that it keeps.
  std::size_t unsent() const { return unsent_; }
  /// In the place of poll(2): bytes that lie here count as POLLIN, which waits while POLLOUT is
  /// due. libssh asks several times for each packet, at once, what the connection's own poll(2) or
  /// an emptied socket has told already; then the kernel is not asked again.
  int poll(pollfd* fds, nfds_t count, int timeout);

 private:
  /// Whether libssh has so much to send that nothing is read.
  bool is_full() const;

  int socket_;
  BulkBuffer buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool identified_ = false;
  bool heard_ = false;
  /// What is known of the socket itself; nothing once it may have changed.
  std::optional<bool> readable_;
  std::uint64_t received_ = 0;
  std::size_t unsent_ = 0;
};

}  // namespace zomg::connection::ssh
