#pragma once

#include <vector>

#include "common/fd.h"
#include "monitor/settings.h"

namespace zomg::monitor {

/// Binds a listening TCP socket to each address, in order. `[::]` takes IPv4 too.
common::Result<std::vector<common::Fd>> listen_on(const std::vector<ListenAddress>& addresses);

}  // namespace zomg::monitor
