#pragma once

#include <sys/ioctl.h>

#include "common/base/fd.h"
#include "common/base/result.h"

namespace zomg::recorder {

/// The pseudo-terminal that the connection process gets in the place of the box's own: it sees no
/// difference, and we sit behind it.
struct Terminal {
  common::Fd master;  ///< for the connection process
  common::Fd end;     ///< ours, and our controlling terminal, so that a new size is SIGWINCH

  /// Needs /dev/ptmx, and that the caller leads no process group.
  static common::Result<Terminal> make();
};

/// Takes modes and size over from `end`, whose client has set them, to the box's `master`; from
/// then on `end` passes every byte as it is.
common::Result<void> hand_on_modes(int end, int master);

/// The size of the terminal behind `fd`.
common::Result<winsize> window_size(int fd);

/// Whether `fd` is the master of a pseudo-terminal.
bool is_terminal_master(int fd);

}  // namespace zomg::recorder
