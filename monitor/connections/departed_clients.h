#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace zomg::monitor {

/// The clients' addresses of the connections that ended last. A connection's end is often seen
/// before the listener tells that its process died of a signal.
class DepartedClients {
 public:
  /// The listener tells within one turn of its loop; more connections than this do not end in it.
  static constexpr std::size_t kMost = 1024;

  void add(std::uint64_t connection, std::string address);
  /// The address of that connection's client, which is forgotten with this; nothing when it is not
  /// among them.
  std::optional<std::string> take(std::uint64_t connection);

 private:
  std::deque<std::pair<std::uint64_t, std::string>> clients_;  ///< the latest at the end
};

}  // namespace zomg::monitor
