#include "listener/connection/protocol/transfer_pacing.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

namespace zomg::connection {
namespace {

/// Somebody who types is held to type on.
constexpr std::chrono::seconds kPause{1};
/// Half a millisecond's worth for a client that decrypts 500 MiB a second; OpenSSH's gives window
/// back in pieces of 96 KiB.
constexpr std::size_t kLeastBytes = 256 * 1024;

}  // namespace

void TransferPacing::look(std::uint64_t typed, int socket, Clock::time_point now) {
  if (typed > typed_) {
    until_ = now + kPause;
    // Twice, for a line that was not full when it was measured: then this grows with each look.
    most_ = std::max(kLeastBytes, 2 * line_bytes(socket));
  } else if (now >= until_) {
    until_ = Clock::time_point::max();
    most_ = InFlight::kUnlimited;
  }
  typed_ = typed;
}

std::size_t line_bytes(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  // An older kernel fills in less.
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  constexpr std::uint64_t kMicrosecondsPerSecond = 1'000'000;
  return info.tcpi_delivery_rate / kMicrosecondsPerSecond * info.tcpi_min_rtt;
}

}  // namespace zomg::connection
