#include "monitor/settings/custom.h"

#include <array>

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "monitor/settings/values.h"

namespace zomg::monitor::custom {

using common::Result;

namespace {

/// Of an enumeration whose values are the numbers of `names`.
template <typename Choice, std::size_t count>
Result<void> set_choice(Choice& choice, std::string_view text,
                        const std::array<std::string_view, count>& names) {
  auto index = values::parse_choice(text, {names.begin(), names.end()});
  if (!index) return index.error();
  choice = static_cast<Choice>(*index);
  return {};
}

template <typename Choice, std::size_t count>
std::string show_choice(Choice choice, const std::array<std::string_view, count>& names) {
  return std::string(names.at(static_cast<std::size_t>(choice)));
}

Result<std::vector<ListenAddress>> parse_addresses(std::string_view text) {
  auto items = values::split_list(text, limits::kMaxListenAddresses);
  if (!items) return items.error();
  std::vector<ListenAddress> addresses;
  for (const std::string_view item : *items) {
    auto address = values::parse_listen_address(item);
    if (!address) return address.error();
    addresses.push_back(std::move(*address));
  }
  return addresses;
}

std::string show_addresses(const std::vector<ListenAddress>& addresses) {
  std::vector<std::string> items;
  for (const ListenAddress& address : addresses) {
    items.push_back(values::show_listen_address(address));
  }
  return values::join_list(items);
}

}  // namespace

Result<void> set_listen(Settings& settings, std::string_view text) {
  auto addresses = parse_addresses(text);
  if (!addresses) return addresses.error();
  settings.listen = std::move(*addresses);
  return {};
}

std::string show_listen(const Settings& settings) {
  return show_addresses(settings.listen);
}

Result<void> set_metrics_listen(Settings& settings, std::string_view text) {
  auto addresses = parse_addresses(text);
  if (!addresses) return addresses.error();
  settings.metrics_listen = std::move(*addresses);
  return {};
}

std::string show_metrics_listen(const Settings& settings) {
  return show_addresses(settings.metrics_listen);
}

Result<void> set_github_users(Settings& settings, std::string_view text) {
  auto users = parse_github_users(text);
  if (!users) return users.error();
  settings.github_users = std::move(*users);
  return {};
}

std::string show_github_users(const Settings& settings) {
  return monitor::show_github_users(settings.github_users);
}

Result<void> set_github_url(Settings& settings, std::string_view text) {
  auto url = values::parse_https_url(text);
  if (!url) return url.error();
  settings.github_url = std::move(*url);
  return {};
}

std::string show_github_url(const Settings& settings) {
  return settings.github_url;
}

Result<void> set_box_user(Settings& settings, std::string_view text) {
  auto user = values::parse_box_user(text);
  if (!user) return user.error();
  settings.box_user = std::move(*user);
  return {};
}

std::string show_box_user(const Settings& settings) {
  return values::show_box_user(settings.box_user);
}

Result<void> set_namespace(Settings& settings, std::string_view text) {
  auto name = values::parse_namespace(text);
  if (!name) return name.error();
  settings.kubernetes_namespace = std::move(*name);
  return {};
}

std::string show_namespace(const Settings& settings) {
  return settings.kubernetes_namespace;
}

constexpr std::array<std::string_view, 3> kPathChoices{"auto", "cri", "kubectl"};

Result<void> set_path_choice(Settings& settings, std::string_view text) {
  return set_choice(settings.path, text, kPathChoices);
}

std::string show_path_choice(const Settings& settings) {
  return show_choice(settings.path, kPathChoices);
}

Result<void> check_network(std::string_view text) {
  auto network = Network::parse(text);
  if (!network) return network.error();
  return {};
}

Result<void> set_audit_log(Settings& settings, std::string_view text) {
  if (text != "-" && text != "off") {
    auto path = values::parse_path(text, limits::kMaxPathBytes);
    if (!path) return common::error("{}, nor `-`, nor `off`", path.error().message);
  }
  settings.audit_log = text;
  return {};
}

std::string show_audit_log(const Settings& settings) {
  return settings.audit_log;
}

constexpr std::array<std::string_view, 2> kRecordChoices{"all", "keys"};

Result<void> set_record(Settings& settings, std::string_view text) {
  return set_choice(settings.record, text, kRecordChoices);
}

std::string show_record(const Settings& settings) {
  return show_choice(settings.record, kRecordChoices);
}

constexpr std::array<std::string_view, 2> kRecordFailures{"closed", "open"};

Result<void> set_record_failure(Settings& settings, std::string_view text) {
  return set_choice(settings.record_failure, text, kRecordFailures);
}

std::string show_record_failure(const Settings& settings) {
  return show_choice(settings.record_failure, kRecordFailures);
}

Result<void> set_log_level(Settings& settings, std::string_view text) {
  if (!log::parse_level(text, settings.log_level)) {
    return common::error("{} is none of debug, info, warning, error", common::quoted(text));
  }
  return {};
}

std::string show_log_level(const Settings& settings) {
  constexpr std::array kNames{"debug", "info", "warning", "error"};
  return kNames.at(static_cast<std::size_t>(settings.log_level));
}

}  // namespace zomg::monitor::custom
