#pragma once

#include <cstddef>
#include <cstdint>

#include "listener/connection/protocol/window_budget.h"

namespace zomg::connection {

/// How much a client may send on a channel (RFC 4254 §5.2). It begins with OpenSSH's 2 MiB and
/// doubles, up to limits::kMaxReceiveWindowBytes, each time that a program took a windowful without
/// falling behind: far away, a window is what bounds the rate. It is back at 2 MiB when half of it
/// waits for the program. All of a connection's channels together have a budget; one that finds it
/// spent has limits::kLeastReceiveWindowBytes.
class ReceiveWindow {
 public:
  explicit ReceiveWindow(WindowBudget& budget) : budget_(budget) {}
  ~ReceiveWindow() { budget_.change(charged_, 0); }
  ReceiveWindow(const ReceiveWindow&) = delete;
  ReceiveWindow& operator=(const ReceiveWindow&) = delete;

  /// Bytes that arrive. False when they are more than the client may send: as with sshd(8), some
  /// clients' windows being wrong, when in all they are a tenth of a window too many.
  bool arrive(std::size_t bytes);
  /// Bytes of these that the program took, or that were dropped.
  void take(std::size_t bytes);
  /// What to allow the client in addition, from now on; 0 when it is not worth a packet yet. What it
  /// is told when the channel is opened is the first.
  std::uint32_t grant();

 private:
  /// Has the budget bear what the client may send, and what waits.
  void charge();

  WindowBudget& budget_;
  std::size_t charged_ = 0;
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
