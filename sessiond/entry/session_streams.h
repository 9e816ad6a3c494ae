#pragma once

#include <string>

#include "common/base/failure.h"
#include "common/base/fd.h"
#include "common/ipc/channel.h"
#include "sessiond/box/box_root.h"
#include "sessiond/container/confinement.h"

namespace zomg::sessiond {

/// The descriptors of a session: what becomes 0, 1 and 2 of the user's program, and the other ends,
/// which go to the connection process.
class SessionStreams {
 public:
  /// A terminal of the box, or three pipes.
  static common::Result<SessionStreams> make(const BoxRoot& root, bool terminal);

  /// Makes them the user's of the box whom the program runs as, who may open them anew
  /// (/dev/stdout, /dev/tty).
  common::Result<void> give_to(const Identity& identity) const;

  /// Gives the other ends to the connection process and waits until it says go.
  common::Result<void> hand_over(const ipc::Channel& control) const;

  /// Makes the program's ends 0, 1 and 2; the rest can be closed then.
  bool install() const;

  /// In the program's process, which leads a session: makes a terminal that was installed the
  /// controlling one.
  bool take_terminal() const;

  /// The other end of the terminal, or -1.
  int terminal_master() const { return terminal_master_.get(); }
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
