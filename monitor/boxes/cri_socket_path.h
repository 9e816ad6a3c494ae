#pragma once

#include <string>

#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// The socket that ZOMG_SSH_CRI_SOCKET names, else the first of containerd's, k3s's and CRI-O's
/// usual ones that exists, else empty.
std::string find_cri_socket(const Settings& settings);

}  // namespace zomg::monitor
