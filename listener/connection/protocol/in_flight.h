#pragma once

#include <cstddef>
#include <limits>

namespace zomg::connection {

/// What of a channel's data is on its way: sent, and not yet given back by the client as window
/// (RFC 4254 §5.2). It waits in the sockets or in the client, and whatever is sent after it waits
/// for all of it.
class InFlight {
 public:
  static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

  /// The window as it is now; to be called before something is sent.
  void look(std::size_t window);
  void send(std::size_t bytes);

  /// From here on at most so many bytes are to be on their way.
  void limit(std::size_t most) { most_ = most; }
  /// What may be sent of `window`. A client that gives window back in pieces so large that it would
  /// give nothing back of `most` is not limited.
  std::size_t room(std::size_t window) const;

 private:
  std::size_t most_ = kUnlimited;
  std::size_t on_its_way_ = 0;
  std::size_t window_ = 0;
  bool begun_ = false;
  /// The smallest piece in which window came back; 0 before the first.
  std::size_t piece_ = 0;
};

}  // namespace zomg::connection
