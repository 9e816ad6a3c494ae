#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/messages/keyring.h"
#include "monitor/login/authorized_keys.h"
#include "monitor/settings/github_users.h"

namespace zomg::monitor {

/// The keys of the GitHub users, as the keyring claims them and as far as they can be used.
class GithubKeys {
 public:
  using Clock = std::chrono::steady_clock;

  /// What is known of one user.
  struct User {
    GithubUser settings;
    /// All that GitHub has, and what can be used of it.
    messages::KeyBlobs claimed;
    std::vector<AuthorizedKey> keys;
    /// When GitHub last told the keys; nothing when it never did, or too long ago.
    std::optional<Clock::time_point> confirmed;
    /// Why the last fetch failed; nothing when it did not.
    std::optional<messages::FetchFailure> failure;
  };

  GithubKeys(const std::vector<GithubUser>& users, std::chrono::seconds max_stale);

  /// Takes over what the keyring tells. True when somebody's keys changed; an Error when it breaks
  /// the contract. Keys that were saved never replace those that were fetched: the keyring may have
  /// been started again.
  common::Result<bool> apply(const messages::GithubKeys& message, Clock::time_point now);
  common::Result<void> apply(const messages::GithubFailure& message);
  /// Drops the keys that were confirmed longer ago than max_stale. True when there were any.
  bool expire(Clock::time_point now);

  const std::vector<User>& users() const { return users_; }

 private:
  std::vector<User> users_;
  std::chrono::seconds max_stale_;
};

/// A few words on the failure, for the log.
std::string_view describe(messages::FetchFailure failure);

}  // namespace zomg::monitor
