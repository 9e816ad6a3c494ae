#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "listener/connection/protocol/in_flight.h"

namespace zomg::connection {

/// While somebody types, the transfers of the same connection keep little on its way, so that the
/// echo does not wait behind a whole window of theirs: as much as keeps the client and the line
/// busy, no more.
class TransferPacing {
 public:
  using Clock = std::chrono::steady_clock;

  /// To be called often, with the bytes that came for terminals so far. `socket` is the client's.
  void look(std::uint64_t typed, int socket, Clock::time_point now);
  /// What each transfer may have on its way; InFlight::kUnlimited when nobody types.
  std::size_t most() const { return most_; }
  /// When that changes by itself.
  Clock::time_point deadline() const { return until_; }

 private:
  std::uint64_t typed_ = 0;
  std::size_t most_ = InFlight::kUnlimited;
  Clock::time_point until_ = Clock::time_point::max();
};

/// The bytes that the line to the client holds: its rate times its round trip, as the kernel has
/// measured them (tcp(7), TCP_INFO); 0 where it has not.
std::size_t line_bytes(int socket);

}  // namespace zomg::connection
