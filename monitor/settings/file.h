#pragma once

#include <string>

#include "common/base/result.h"
#include "common/base/secure_path.h"
#include "common/messages/settings.h"

namespace zomg::monitor {

/// What the encoding adds to the values.
inline constexpr std::size_t kMaxSettingsAnswerBytes = 2 * limits::kMaxSettingsFileBytes;

/// What zomg-ssh-settings-reader said of the file `path`. An Error when that is nothing.
common::Result<messages::SettingsFile> decode_settings(const std::string& answer,
                                                       const std::string& path);

/// Whether the file itself must be root's alone to write. The environment alone decides: who can
/// write the file would say no in it.
common::StrictModes settings_file_strictness();

/// Has zomg-ssh-settings-reader, an unprivileged process, read the YAML file: the monitor parses
/// none. Waits for both, the file and the reader: for the gateway's start; SettingsReading is for later. The Error is for a file or a reader that failed; what is wrong inside the
/// file is in the answer.
common::Result<messages::SettingsFile> read_settings_file(const std::string& path);

}  // namespace zomg::monitor
