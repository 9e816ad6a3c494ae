#pragma once

#include <cstddef>
#include <cstdint>

namespace zomg::connection {

/// How much a client may send on a channel (RFC 4254 §5.2). It begins with OpenSSH's 2 MiB and
/// doubles, up to limits::kMaxReceiveWindowBytes, each time that a program took a windowful without
/// falling behind: far away, a window is what bounds the rate. It is back at 2 MiB when half of it
/// waits for the program.
class ReceiveWindow {
 public:
  /// Bytes that arrive. False when they are more than the client may send: as with sshd(8), some
  /// clients' windows being wrong, when in all they are a tenth of a window too many.
  bool arrive(std::size_t bytes);
  /// Bytes of these that the program took, or that were dropped.
  void take(std::size_t bytes);
  /// What to allow the client in addition, from now on; 0 when it is not worth a packet yet. What it
  /// is told when the channel is opened is the first.
  std::uint32_t grant();

 private:
  std::size_t size_ = kFirstBytes;
  std::size_t granted_ = 0;
  std::size_t waiting_ = 0;
  std::size_t kept_up_ = 0;
  std::size_t exceeded_ = 0;
  bool behind_ = false;

  /// OpenSSH's CHAN_SES_WINDOW_DEFAULT.
  static constexpr std::size_t kFirstBytes = 64 * 32 * 1024;
  static constexpr std::size_t kGraceBytes = kFirstBytes / 10;
};

}  // namespace zomg::connection
