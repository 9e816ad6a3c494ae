#pragma once

#include <string>

#include "common/base/fd.h"
#include "common/ipc/channel.h"

namespace zomg::file_reader {

/// Tells the monitor what a file holds, or why that cannot be told. An Error when the monitor is gone.
common::Result<void> tell_contents(const ipc::Channel& monitor,
                                   const common::Result<std::string>& contents, bool asked);

/// Puts a file on the shelf that `filler` fills, and tells the monitor that, or why there is none.
common::Result<void> hand_over(const ipc::Channel& monitor, common::Fd filler,
                               const common::Result<common::Fd>& file);

}  // namespace zomg::file_reader
