#pragma once

#include <sys/types.h>

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/base/child.h"

namespace zomg::listener {

/// The connection processes. One descriptor, a signalfd(2) for SIGCHLD, tells when some have ended.
class Children {
 public:
  /// Blocks SIGCHLD for the calling process.
  static common::Result<Children> make();

  int fd() const { return signals_.get(); }
  /// `connection` is the number of the one that it serves.
  void add(common::Child child, std::uint64_t connection);
  /// Reaps all that have ended. A death by a signal is logged, as the sandbox kills with SIGSYS;
  /// the connections that those served are returned. Whom end() killed is not among them.
  std::vector<std::uint64_t> reap();
  std::size_t count() const { return children_.size(); }
  /// The connections of those that live and were not killed.
  std::vector<std::uint64_t> connections() const;
  /// To be called now and then with the connections that have ended as far as the monitor is
  /// concerned. Kills who was among them the last time too: it had until now to end by itself.
  void end(const std::unordered_set<std::uint64_t>& ended);

 private:
  explicit Children(common::Fd signals) : signals_(std::move(signals)) {}

  struct Serving {
    common::Child child;
    std::uint64_t connection = 0;
    bool ended = false;
    bool killed = false;
  };

  common::Fd signals_;
  std::unordered_map<pid_t, Serving> children_;
};

}  // namespace zomg::listener
