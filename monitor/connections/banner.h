#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secure_path.h"

namespace zomg::monitor {

/// What the file `path` (ZOMG_SSH_BANNER_FILE) says to clients before they log in, up to its first
/// NUL, as in sshd(8); empty without a path. Control characters are left to the client, as there.
/// An Error for what is no regular file, and for one over limits::kMaxBannerBytes.
common::Result<std::string> read_banner(const std::string& path,
                                        common::StrictModes strict = common::StrictModes::kYes);
/// The part of such a file that is said.
std::string shown_banner(std::string_view text);

}  // namespace zomg::monitor
