#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "monitor/settings/settings.h"

/// The values that settings are made of: from text, and back. An Error quotes the text and says
/// what it should have been; who calls adds the setting's name.
namespace zomg::monitor::values {

/// A decimal number without a sign, from `min` to `max`.
common::Result<std::uint64_t> parse_whole(std::string_view text, std::uint64_t min,
                                          std::uint64_t max);

/// Seconds, or a sequence of numbers with a unit as in sshd_config(5) TIME FORMATS: `90`, `5m`,
/// `1h30m`, `7d`; from `min` to `max`.
common::Result<std::chrono::seconds> parse_duration(std::string_view text, std::chrono::seconds min,
                                                    std::chrono::seconds max);

/// `text` as parse_duration() reads it, in the largest unit that divides it.
std::string show_duration(std::chrono::seconds duration);

/// `yes` or `no`; `true` and `false` too, as YAML has them.
common::Result<bool> parse_yes_no(std::string_view text);

/// An absolute path of at most `max_bytes`, without a control character.
common::Result<std::string> parse_path(std::string_view text, std::size_t max_bytes);

/// One of `names`; its index.
common::Result<std::size_t> parse_choice(std::string_view text,
                                         const std::vector<std::string_view>& names);

/// The items between the commas, without the blanks around them. No item may be empty, and there
/// are at most `max_items`.
common::Result<std::vector<std::string_view>> split_list(std::string_view text,
                                                         std::size_t max_items);

std::string join_list(const std::vector<std::string>& items);

/// An RFC 1123 label, which every Kubernetes namespace is.
common::Result<std::string> parse_namespace(std::string_view text);

/// `https://host[:port][/path]`, without a user, a query or a fragment; a slash at the end is taken
/// off.
common::Result<std::string> parse_https_url(std::string_view text);

/// `root`, `container`, a uid, or the name of a user.
common::Result<messages::BoxUser> parse_box_user(std::string_view text);
std::string show_box_user(const messages::BoxUser& user);

/// A numeric address and a port: `0.0.0.0:2222`, `[::]:2222`.
common::Result<ListenAddress> parse_listen_address(std::string_view text);
std::string show_listen_address(const ListenAddress& address);

}  // namespace zomg::monitor::values
