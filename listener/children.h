#pragma once

#include <sys/types.h>

#include <unordered_map>
#include <vector>

#include "common/child.h"
#include "common/messages/listener.h"

namespace zomg::listener {

/// The connection processes. One descriptor, a signalfd(2) for SIGCHLD, tells when some have ended.
class Children {
 public:
  /// Blocks SIGCHLD for the calling process.
  static common::Result<Children> make();

  int fd() const { return signals_.get(); }
  /// `client` is whom it serves.
  void add(common::Child child, messages::Endpoint client);
  /// Reaps all that have ended. A death by a signal is logged, as the sandbox kills with SIGSYS;
  /// whom those served is returned.
  std::vector<messages::Endpoint> reap();
  std::size_t count() const { return children_.size(); }

 private:
  explicit Children(common::Fd signals) : signals_(std::move(signals)) {}

  struct Serving {
    common::Child child;
    messages::Endpoint client;
  };

  common::Fd signals_;
  std::unordered_map<pid_t, Serving> children_;
};

}  // namespace zomg::listener
