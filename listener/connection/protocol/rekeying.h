#pragma once

#include <chrono>
#include <cstddef>

#include "common/base/limits.h"

namespace zomg::connection {

/// The exchange of new keys on a connection that has some (RFC 4253 §9), from the first KEXINIT of either side to
/// the client's NEWKEYS, and the packets that wait for it. A client ends it whenever it likes, so what waits is
/// bounded.
class Rekeying {
 public:
  using Clock = std::chrono::steady_clock;

  /// A KEXINIT; the second one of an exchange changes nothing.
  void begin(Clock::time_point now) {
    if (!under_way()) deadline_ = now + limits::kRekeyingTimeout;
  }
  void end() { *this = Rekeying(); }
  bool under_way() const { return deadline_ != Clock::time_point::max(); }

  /// A packet of so many bytes waits; the first may do so before begin().
  void keep(std::size_t bytes) { kept_bytes_ += bytes + kPacketBytes; }
  bool keeps_too_much() const { return kept_bytes_ > limits::kMaxBytesBehindRekeying; }

  bool is_late(Clock::time_point now) const { return now >= deadline_; }
  /// When it is; time_point::max() when no exchange is under way.
  Clock::time_point deadline() const { return deadline_; }

 private:
  /// What it takes to keep a packet, beside its bytes.
  static constexpr std::size_t kPacketBytes = 256;

  Clock::time_point deadline_ = Clock::time_point::max();
  std::size_t kept_bytes_ = 0;
};

}  // namespace zomg::connection
