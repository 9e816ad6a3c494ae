#include "monitor/settings/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/limits.h"
#include "common/base/quoted.h"

namespace zomg::monitor::values {
namespace {

using common::Result;
using std::chrono::seconds;

struct Unit {
  char letter;
  std::uint64_t in_seconds;
};
constexpr std::array kUnits{
    Unit{'w', 7UL * 24 * 60 * 60},
    Unit{'d', 24UL * 60 * 60},
    Unit{'h', 60UL * 60},
    Unit{'m', 60},
    Unit{'s', 1},
};
/// Longer than anybody waits for anything, and far from an overflow.
constexpr std::uint64_t kMaxSeconds = 100UL * 365 * 24 * 60 * 60;

/// Reads the digits at the front of `text` and takes them off; nothing if there are none.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// Takes the unit at the front of `text` off: how many seconds it is, 1 at the end of the text, 0
/// for no unit.
std::uint64_t take_unit(std::string_view& text) {
  if (text.empty()) return 1;
  for (const Unit& unit : kUnits) {
    if (text[0] != unit.letter && text[0] != unit.letter - 'a' + 'A') continue;
    text.remove_prefix(1);
    return unit.in_seconds;
  }
  return 0;
}

std::optional<std::uint64_t> count_seconds(std::string_view text) {
  std::uint64_t total = 0;
  do {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    const std::uint64_t unit = take_unit(text);
    if (unit == 0 || *number > kMaxSeconds) return std::nullopt;
    total += *number * unit;
    if (total > kMaxSeconds) return std::nullopt;
  } while (!text.empty());
  return total;
}

bool is_numeric_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

}  // namespace

Result<std::uint64_t> parse_whole(std::string_view text, std::uint64_t min, std::uint64_t max) {
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (!number || !rest.empty() || *number < min || *number > max) {
    return common::error("{} is not a number from {} to {}", common::quoted(text), min, max);
  }
  return *number;
}

Result<seconds> parse_duration(std::string_view text, seconds min, seconds max) {
  const auto total = count_seconds(text);
  if (!total || seconds(*total) < min || seconds(*total) > max) {
    return common::error("{} is not a time from {} to {} (seconds, or such as 5m, 2h30m, 7d)",
                         common::quoted(text), show_duration(min), show_duration(max));
  }
  return seconds(*total);
}

std::string show_duration(seconds duration) {
  const auto count = static_cast<std::uint64_t>(duration.count());
  if (count == 0) return "0";
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end(),
                                  [&](const Unit& each) { return count % each.in_seconds == 0; });
  return fmt::format("{}{}", count / unit->in_seconds, unit->letter);
}

Result<bool> parse_yes_no(std::string_view text) {
  if (text == "yes" || text == "true") return true;
  if (text == "no" || text == "false") return false;
  return common::error("{} is neither yes nor no", common::quoted(text));
}

Result<std::string> parse_path(std::string_view text, std::size_t max_bytes) {
  if (text.empty() || text[0] != '/')
    return common::error("{} is not an absolute path", common::quoted(text));
  if (text.size() > max_bytes) {
    return common::error("the path has {} bytes; it may have {}", text.size(), max_bytes);
  }
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (control) return common::error("the path has a control character in it");
  return std::string(text);
}

Result<std::size_t> parse_choice(std::string_view text,
                                 const std::vector<std::string_view>& names) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string all;
  for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  return common::error("{} is none of {}", common::quoted(text), all);
}

Result<std::vector<std::string_view>> split_list(std::string_view text, std::size_t max_items) {
  std::vector<std::string_view> items;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = without_blanks(text.substr(0, comma));
    if (item.empty()) return common::error("an empty item in the list");
    if (items.size() == max_items) return common::error("more than {} items", max_items);
    items.push_back(item);
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

std::string join_list(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

Result<std::string> parse_namespace(std::string_view text) {
  const bool label = !text.empty() && text.size() <= limits::kMaxLabelValueBytes &&
                     text.front() != '-' && text.back() != '-' &&
                     std::all_of(text.begin(), text.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                     });
  if (!label)
    return common::error("{} is no name of a namespace (RFC 1123 label)", common::quoted(text));
  return std::string(text);
}

Result<std::string> parse_https_url(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kPunctuation = "-._~:/[]";
  std::string_view rest = text;
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const bool url = rest.size() <= limits::kMaxUrlBytes && rest.starts_with(kScheme) &&
                   rest.size() > kScheme.size() && rest[kScheme.size()] != '/' &&
                   std::all_of(rest.begin(), rest.end(), [kPunctuation](char c) {
                     return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                            (c >= '0' && c <= '9') ||
                            kPunctuation.find(c) != std::string_view::npos;
                   });
  if (!url)
    return common::error("{} is not https://host, with or without a port or a path",
                         common::quoted(text));
  return std::string(rest);
}

Result<messages::BoxUser> parse_box_user(std::string_view text) {
  // (uid_t)-1 means "no change" to setresuid(2).
  constexpr std::uint64_t kMaxUid = 0xfffffffe;
  messages::BoxUser user;
  if (text == "root") return user;
  if (text == "container") {
    user.kind = messages::BoxUserKind::kContainer;
    return user;
  }
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos) {
    auto uid = parse_whole(text, 0, kMaxUid);
    if (!uid) return uid.error();
    user.uid = static_cast<std::uint32_t>(*uid);
    return user;
  }
  const bool name = !text.empty() && text.size() <= limits::kMaxUserNameBytes &&
                    text.front() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
                    });
  if (!name) {
    return common::error("{} is not root, container, a uid, or the name of a user",
                         common::quoted(text));
  }
  user.kind = messages::BoxUserKind::kName;
  user.name = text;
  return user;
}

std::string show_box_user(const messages::BoxUser& user) {
  if (user.kind == messages::BoxUserKind::kName) return user.name.value;
  if (user.kind == messages::BoxUserKind::kContainer) return "container";
  return user.uid == 0 ? "root" : std::to_string(user.uid);
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto malformed = [&] {
    return common::error("{} is not address:port, such as 0.0.0.0:2222 or [::]:2222",
                         common::quoted(text));
  };
  if (colon == std::string_view::npos) return malformed();
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return malformed();
  }
  auto port = parse_whole(text.substr(colon + 1), 0, 65535);
  if (!port || !is_numeric_address(std::string(host))) return malformed();
  return ListenAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::string show_listen_address(const ListenAddress& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", address.host, ipv6 ? "]" : "", address.port);
}

}  // namespace zomg::monitor::values
