#pragma once

#include <string>
#include <string_view>

#include "monitor/settings/settings.h"

/// The settings that sshd_config(5) writes in more than one word.
namespace zomg::monitor {

/// `10:30:100`, or a single number for `full` without early drops.
common::Result<void> set_max_startups(Settings& settings, std::string_view text);
std::string show_max_startups(const Settings& settings);

/// `32:128`, or `24` for IPv4 alone.
common::Result<void> set_net_block_size(Settings& settings, std::string_view text);
std::string show_net_block_size(const Settings& settings);

/// `yes`, `no`, or words such as `authfail:5s max:10m overflow:permissive`; what is not named keeps
/// its default.
common::Result<void> set_penalties(Settings& settings, std::string_view text);
std::string show_penalties(const Settings& settings);

}  // namespace zomg::monitor
