#pragma once

#include <string>

#include "common/failure.h"
#include "common/fd.h"
#include "common/ipc/channel.h"
#include "sessiond/box_root.h"

namespace zomg::sessiond {

/// The descriptors of a session: what becomes 0, 1 and 2 of the user's program, and the other ends,
/// which go to the connection process.
class SessionStreams {
 public:
  /// A terminal of the box, or three pipes.
  static common::Result<SessionStreams> make(const BoxRoot& root, bool terminal);

  /// Gives the other ends to the connection process and waits until it says go.
  common::Result<void> hand_over(const ipc::Channel& control) const;

  /// In the child: makes them 0, 1 and 2, a terminal the controlling one. Async-signal-safe.
  bool install() const;

  /// The terminal's path in the box; empty without one.
  const std::string& terminal_path() const { return terminal_path_; }

 private:
  common::Fd terminal_master_;
  common::Fd terminal_;
  std::string terminal_path_;
  common::FdPair input_;
  common::FdPair output_;
  common::FdPair error_;
};

}  // namespace zomg::sessiond
