#include "monitor/settings/github_users.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "monitor/base/pattern_list.h"
#include "monitor/settings/values.h"

namespace zomg::monitor {
namespace {

using common::Result;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// Letters, digits and hyphens; managed users of an enterprise have an underscore as well.
bool is_login(std::string_view text) {
  return !text.empty() && text.size() <= limits::kMaxGithubLoginBytes &&
         is_letter_or_digit(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '_';
         });
}

/// GitHub does not tell upper case from lower.
bool is_same_login(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower_case(x) == lower_case(y); });
}

/// Label values, `--` between them, and what patterns have.
bool is_pattern(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view("-_.*?!").find(c) != std::string_view::npos;
  });
}

Result<GithubUser> parse_entry(std::string_view entry) {
  const std::size_t equals = entry.find('=');
  const std::string_view login = entry.substr(0, equals);
  if (!is_login(login)) return common::error("{} is no GitHub user name", common::quoted(login));
  if (equals == std::string_view::npos) return GithubUser{std::string(login), {}};
  const std::string_view boxes = entry.substr(equals + 1);
  if (!is_pattern(boxes) || !PatternList::parse(boxes)) {
    return common::error("{} is no pattern over <project>--<box>, such as demo--*",
                         common::quoted(boxes));
  }
  return GithubUser{std::string(login), std::string(boxes)};
}

Result<void> add(std::vector<GithubUser>& users, GithubUser user) {
  const auto before = std::find_if(users.begin(), users.end(), [&user](const GithubUser& other) {
    return is_same_login(user.login, other.login);
  });
  if (before == users.end()) {
    users.push_back(std::move(user));
    return {};
  }
  if (user.boxes.empty() || before->boxes.empty()) {
    return common::error("{} is named twice, once without a pattern", common::quoted(user.login));
  }
  before->boxes += "," + user.boxes;
  return {};
}

}  // namespace

Result<std::vector<GithubUser>> parse_github_users(std::string_view text) {
  auto entries = values::split_list(text, limits::kMaxGithubUsers);
  if (!entries) return entries.error();
  std::vector<GithubUser> users;
  for (const std::string_view entry : *entries) {
    auto user = parse_entry(entry);
    if (!user) return user.error();
    if (auto added = add(users, std::move(*user)); !added) return added.error();
  }
  return users;
}

std::string show_github_users(const std::vector<GithubUser>& users) {
  std::vector<std::string> entries;
  for (const GithubUser& user : users) {
    std::string_view boxes = user.boxes;
    do {
      const std::size_t comma = boxes.find(',');
      const std::string_view pattern = boxes.substr(0, comma);
      entries.push_back(user.login + (pattern.empty() ? "" : "=") + std::string(pattern));
      boxes.remove_prefix(comma == std::string_view::npos ? boxes.size() : comma + 1);
    } while (!boxes.empty());
  }
  return values::join_list(entries);
}

}  // namespace zomg::monitor
