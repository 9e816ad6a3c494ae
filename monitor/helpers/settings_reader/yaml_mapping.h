#pragma once

#include <string>

#include "common/messages/settings.h"

namespace zomg::settings_reader {

/// Reads YAML text that is one mapping of names to single values or sequences of them. Whether a
/// name is a setting is for the monitor to say. The one home of yaml-cpp.
messages::SettingsFile read_yaml_mapping(const std::string& text);

}  // namespace zomg::settings_reader
