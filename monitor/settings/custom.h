#pragma once

#include <string>
#include <string_view>

#include "monitor/settings/settings.h"

/// The settings that are of no kind but their own: from text, and back (kind::Custom).
namespace zomg::monitor::custom {

common::Result<void> set_listen(Settings& settings, std::string_view text);
std::string show_listen(const Settings& settings);
common::Result<void> set_metrics_listen(Settings& settings, std::string_view text);
std::string show_metrics_listen(const Settings& settings);
common::Result<void> set_github_users(Settings& settings, std::string_view text);
std::string show_github_users(const Settings& settings);
common::Result<void> set_github_url(Settings& settings, std::string_view text);
std::string show_github_url(const Settings& settings);
common::Result<void> set_box_user(Settings& settings, std::string_view text);
std::string show_box_user(const Settings& settings);
common::Result<void> set_namespace(Settings& settings, std::string_view text);
std::string show_namespace(const Settings& settings);
common::Result<void> set_path_choice(Settings& settings, std::string_view text);
std::string show_path_choice(const Settings& settings);
common::Result<void> check_network(std::string_view text);
common::Result<void> set_audit_log(Settings& settings, std::string_view text);
std::string show_audit_log(const Settings& settings);
common::Result<void> set_record(Settings& settings, std::string_view text);
std::string show_record(const Settings& settings);
common::Result<void> set_record_failure(Settings& settings, std::string_view text);
std::string show_record_failure(const Settings& settings);
common::Result<void> set_log_level(Settings& settings, std::string_view text);
std::string show_log_level(const Settings& settings);

}  // namespace zomg::monitor::custom
