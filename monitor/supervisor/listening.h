#pragma once

#include <string_view>
#include <vector>

#include "common/base/fd.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// Binds a listening TCP socket to each address of `setting`, in order. `[::]` takes IPv4 too, but
/// where an IPv4 address with that port is among them. On a host without IPv6 `0.0.0.0` takes its
/// place, and the log says so.
common::Result<std::vector<common::Fd>> listen_on(const std::vector<ListenAddress>& addresses,
                                                  std::string_view setting);

/// Where a bound socket listens, as `address:port`.
std::string address_of(int socket);

}  // namespace zomg::monitor
