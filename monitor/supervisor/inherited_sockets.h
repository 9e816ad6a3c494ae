#pragma once

#include <vector>

#include "common/base/fd.h"
#include "common/ipc/channel.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// What the gateway listens on.
struct ListeningSockets {
  std::vector<common::Fd> ssh;
  std::vector<common::Fd> metrics;
};

/// Those that the supervisor has kept; else bound as the settings say, and given to it to keep.
common::Result<ListeningSockets> find_sockets(const ipc::Channel& supervisor,
                                              const Settings& settings);

}  // namespace zomg::monitor
