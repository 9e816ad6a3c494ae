#pragma once

#include <string>

#include "common/messages/settings.h"
#include "common/result.h"

namespace zomg::monitor {

/// Has zomg-ssh-settings-reader, an unprivileged process, read the YAML file: the monitor parses
/// none. Waits for it. The Error is for a file or a reader that failed; what is wrong inside the
/// file is in the answer.
common::Result<messages::SettingsFile> read_settings_file(const std::string& path);

}  // namespace zomg::monitor
