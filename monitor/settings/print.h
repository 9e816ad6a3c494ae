#pragma once

#include <string>

#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// The effective settings as a settings file, each with where its value came from. What is secret
/// is left out, with its size.
std::string print_settings(const SettingsReport& report);

}  // namespace zomg::monitor
