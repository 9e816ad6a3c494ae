#pragma once

#include <string_view>
#include <vector>

#include "common/base/fd.h"
#include "monitor/settings/settings.h"

/// What a service manager and its service tell each other, by the two protocols that systemd
/// documents as stable. Its library would bring a dozen others into the monitor for these lines.
namespace zomg::monitor::service_manager {

/// sd_notify(3): sends `state`, such as "READY=1", to the socket that NOTIFY_SOCKET names. Without
/// one it does nothing; a failure is logged and changes nothing else. False when the service manager
/// has not read what it was sent before: then it is to be told again later, and is not waited for.
[[nodiscard]] bool notify(const Environment& environment, std::string_view state);

/// sd_listen_fds(3): the listening sockets that LISTEN_FDS says were passed to this process. They
/// stand in for ZOMG_SSH_LISTEN. None when there are none; an Error for a descriptor that is no
/// listening TCP socket.
common::Result<std::vector<common::Fd>> take_sockets(const Environment& environment);

}  // namespace zomg::monitor::service_manager
