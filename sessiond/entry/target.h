#pragma once

#include <optional>

#include "common/ipc/channel.h"
#include "common/sandbox/identity.h"
#include "common/sandbox/seccomp/prepared_filter.h"
#include "sessiond/container/box_process.h"
#include "sessiond/container/cgroups.h"
#include "sessiond/entry/enter_box.h"
#include "sessiond/entry/seclusion.h"

namespace zomg::sessiond {

/// The box that the sessions of a connection enter: what is found out of it before there is a session.
struct Target {
  sandbox::Account account;  ///< what supervisors turn into
  EntryOptions options;
  std::optional<BoxProcess> box;
  std::optional<Cgroups> cgroups;
  std::optional<Seclusion> seclusion;
  std::optional<sandbox::PreparedFilter> filter;  ///< of supervisors
  /// Why it cannot be entered, for whoever asks for a session; all of the above is there only if
  /// this is kNone.
  common::Failure failure = common::Failure::kNone;
};

/// Receives what the monitor claims of a box, checks it, and prepares to enter it.
common::Result<Target> receive_target(const ipc::Channel& monitor);

/// Logs the error, and gives what the user is told of it.
common::Failure failed(const common::Error& error);

}  // namespace zomg::sessiond
