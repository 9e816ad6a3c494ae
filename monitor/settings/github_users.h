#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace zomg::monitor {

/// An entry of ZOMG_SSH_GITHUB_USERS.
struct GithubUser {
  std::string login;
  /// Patterns over `<project>--<box>`, comma-separated, as in the key option `boxes="…"`. Empty:
  /// every box.
  std::string boxes;

  bool operator==(const GithubUser&) const = default;
};

/// Reads `user,user=pattern,…`. A user who is named again with another pattern has both. An Error
/// for what is no GitHub login (it becomes part of a URL), and for a user who is named with a
/// pattern and without one, or twice without.
common::Result<std::vector<GithubUser>> parse_github_users(std::string_view text);
/// What parse_github_users() reads as `users`.
std::string show_github_users(const std::vector<GithubUser>& users);

}  // namespace zomg::monitor
