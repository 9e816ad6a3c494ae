#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/messages/health.h"
#include "common/messages/keyring.h"
#include "monitor/base/event_loop.h"
#include "monitor/login/authorized_keys.h"
#include "monitor/login/github_keys.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// All keys that may log in, from every source: ZOMG_SSH_AUTHORIZED_KEYS, the file of
/// ZOMG_SSH_AUTHORIZED_KEYS_FILE, and the GitHub users, in this order where a key is in several. A
/// source that fails keeps what it gave last; whatever changes, changes between two requests.
class KeyStore {
 public:
  /// Reads the sources that are at hand. An Error when the file cannot be read, and when there is
  /// no usable key and no GitHub user who could bring one.
  static common::Result<KeyStore> load(const Settings& settings);

  /// The set of now. The reference stays good, what find() gave does not outlive the event.
  const AuthorizedKeys& keys() const { return keys_; }

  /// From now on keys of GitHub that nobody confirms are dropped. `on_change` is called after each
  /// change of the set. The store stays where it is.
  void watch(EventLoop& loop, std::function<void()> on_change);
  /// What the file of ZOMG_SSH_AUTHORIZED_KEYS_FILE holds now, or why it cannot be read: its keys
  /// stay then, but for a file that others could have written.
  void take_file(const common::Result<std::string>& text);

  /// What the keyring tells; an Error when it breaks the contract.
  common::Result<void> apply(const messages::GithubKeys& message);
  common::Result<void> apply(const messages::GithubFailure& message);

  /// Whether anybody could log in.
  bool usable() const { return keys_.size() > 0; }
  /// Every source, with the number and the age of its keys.
  messages::KeySources sources() const;

 private:
  explicit KeyStore(const Settings& settings);

  void watch_expiry();
  void rebuild();
  void on_sources_changed();

  AuthorizedKeys static_keys_;
  std::string file_path_;
  std::string file_text_;  ///< what `file_keys_` were read from
  AuthorizedKeys file_keys_;
  bool file_failing_ = false;
  GithubKeys github_;
  AuthorizedKeys keys_;
  EventLoop* loop_ = nullptr;
  std::chrono::seconds expiry_poll_;
  std::function<void()> on_change_;
};

}  // namespace zomg::monitor
