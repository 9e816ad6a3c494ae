#pragma once

#include <string>
#include <vector>

#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// What becomes of the settings when they are read again.
struct Reloaded {
  Settings settings;
  /// The variables whose value was changed and that wait for the next start.
  std::vector<std::string> waiting;
};

/// `running`, with the values of `read` where the table says that a setting is reloaded. Every other
/// one stays: so no setting can be in force in one part of the gateway and not in another.
Reloaded reload_settings(const Settings& running, const Settings& read);

}  // namespace zomg::monitor
