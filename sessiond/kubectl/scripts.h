#pragma once

#include <string_view>

namespace zomg::kubectl {

/// session.sh, which runs the user's program in the container.
extern const std::string_view kSessionScript;
/// remote_signal.sh, which delivers signals to it.
extern const std::string_view kRemoteSignalScript;

}  // namespace zomg::kubectl
