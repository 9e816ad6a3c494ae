#pragma once

#include <sys/types.h>

#include <unordered_map>

#include "common/child.h"

namespace zomg::listener {

/// The connection processes. One descriptor, a signalfd(2) for SIGCHLD, tells when some have ended.
class Children {
 public:
  /// Blocks SIGCHLD for the calling process.
  static common::Result<Children> make();

  int fd() const { return signals_.get(); }
  void add(common::Child child);
  /// Reaps all that have ended. A death by a signal is logged: the sandbox kills with SIGSYS.
  void reap();
  std::size_t count() const { return children_.size(); }

 private:
  explicit Children(common::Fd signals) : signals_(std::move(signals)) {}

  common::Fd signals_;
  std::unordered_map<pid_t, common::Child> children_;
};

}  // namespace zomg::listener
