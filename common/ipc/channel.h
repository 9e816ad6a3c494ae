#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/check.h"
#include "common/base/fd.h"
#include "common/ipc/message.h"

namespace zomg::ipc {

/// One packet as received, with the descriptors that came with it (SCM_RIGHTS, CLOEXEC).
/// An empty `bytes` means that the peer has closed the channel.
struct Packet {
  std::string bytes;
  std::vector<common::Fd> fds;

  bool closed() const { return bytes.empty(); }
};

/// The message in `packet`; an Error as decode(std::string_view) has it, and where another number of descriptors came
/// with it.
template <Message M>
common::Result<M> decode(const Packet& packet) {
  auto message = decode<M>(std::string_view(packet.bytes));
  if (message && packet.fds.size() != fd_count(*message)) {
    return common::error("a message with {} descriptors", packet.fds.size());
  }
  return message;
}

/// One end of an AF_UNIX SOCK_SEQPACKET channel between two of our processes.
class Channel {
 public:
  Channel() = default;
  explicit Channel(common::Fd socket) : socket_(std::move(socket)) {}

  int fd() const { return socket_.get(); }
  explicit operator bool() const { return static_cast<bool>(socket_); }
  void close() { socket_.reset(); }
  common::Fd take_fd() { return std::move(socket_); }

  /// Sends one message with copies of `fds`, as many as its type says. Blocks unless the socket is non-blocking; a peer that
  /// went away is an Error (EPIPE), never a signal.
  template <Message M>
  common::Result<void> send(const M& message, std::initializer_list<int> fds = {}) const {
    CHECK(fds.size() == fd_count(message));
    auto packet = encode(message);
    if (!packet) return packet.error();
    return send_packet(*packet, fds);
  }

  /// Sends a message that was encoded before, in the same way.
  common::Result<void> send_packet(std::string_view packet,
                                   std::initializer_list<int> fds = {}) const;

  /// Whether the peer has received all that was sent (unix(7) SIOCOUTQ). Not where that is unknown.
  bool all_received() const;

  /// Receives the next packet. A packet over kMaxPacketBytes, or with more than kMaxPacketFds
  /// descriptors, is an Error with EMSGSIZE: the peer breaks the contract.
  common::Result<Packet> receive() const;

  /// Receives one message of type `M`, and its descriptors into `fds`. A closed channel, another type or another
  /// number of descriptors is an Error.
  template <Message M>
  common::Result<M> receive_message(std::vector<common::Fd>* fds = nullptr) const {
    auto packet = receive();
    if (!packet) return packet.error();
    if (packet->closed()) return common::Error{"the peer has closed the channel", EPIPE};
    auto message = decode<M>(*packet);
    if (message && fds != nullptr) *fds = std::move(packet->fds);
    return message;
  }

 private:
  common::Fd socket_;
};

}  // namespace zomg::ipc
