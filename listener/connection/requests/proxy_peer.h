#pragma once

#include "listener/connection/requests/monitor_link.h"

namespace zomg::connection {

/// Reads the PROXY header that `socket` begins with, and not a byte more, and tells the monitor
/// what it says. False when there is none, within kProxyHeaderTimeout, or when that client is not
/// served.
bool take_proxy_header(int socket, MonitorLink& monitor);

}  // namespace zomg::connection
