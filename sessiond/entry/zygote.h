#pragma once

#include <optional>

#include "common/base/result.h"
#include "common/ipc/channel.h"

namespace zomg::sessiond {

/// The process that the sessions of one connection are forked from, so that what is the same for all of
/// them is done once. It reads nothing but the monitor's requests, and has nothing of a session.
///
/// Forks a child of our parent, the monitor, for each messages::ForkSession. Returns in each child, with
/// the session's channel to the monitor; and here, with nothing, once the monitor has closed `monitor`.
common::Result<std::optional<ipc::Channel>> fork_sessions(ipc::Channel monitor);

}  // namespace zomg::sessiond
