#pragma once

#include <vector>

#include "common/base/fd.h"
#include "common/ipc/channel.h"
#include "common/sandbox/identity.h"

namespace zomg::listener {

/// What the monitor tells a listener when it starts.
struct Settings {
  sandbox::Account account;
  /// The program zomg-ssh-connection.
  common::Fd connection_program;
  /// Bound and listening.
  std::vector<common::Fd> sockets;
};

/// Receives the settings. An Error when the monitor is gone or breaks the contract.
common::Result<Settings> receive_settings(const ipc::Channel& monitor);

}  // namespace zomg::listener
