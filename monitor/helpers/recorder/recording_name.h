#pragma once

#include <chrono>
#include <string>

#include "common/messages/recorder.h"

namespace zomg::recorder {

/// Of the files, without the ending: `20261124T101500.000123Z-demo--box1-7-1`, so that they are
/// sorted by the time (UTC), and no two are the same.
std::string recording_name(const messages::RecordOrder& order,
                           std::chrono::system_clock::time_point now);

/// What players show.
std::string recording_title(const messages::RecordOrder& order);

}  // namespace zomg::recorder
