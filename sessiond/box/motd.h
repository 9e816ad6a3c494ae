#pragma once

#include <string>

namespace zomg::sessiond {

/// The message of the day, as the calling process finds it in the box: what pam_motd(8) would show,
/// /run/motd.dynamic and then /etc/motd, of each the first limits::kMaxMotdFileBytes.
std::string read_motd();

}  // namespace zomg::sessiond
