#pragma once

#include <string>
#include <vector>

#include "monitor/settings.h"

namespace zomg::monitor {

/// The variables whose value differs and that take effect only when the gateway is started again.
std::vector<std::string> changed_until_restart(const Settings& before, const Settings& after);

}  // namespace zomg::monitor
