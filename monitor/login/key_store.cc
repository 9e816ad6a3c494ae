#include "monitor/login/key_store.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/quoted.h"
#include "monitor/events/journal.h"
#include "monitor/files/file.h"

namespace zomg::monitor {
namespace {

using common::Result;
using namespace std::chrono_literals;

/// The keys of one text; the lines that give none go into the log.
AuthorizedKeys parse_keys(std::string_view text, std::string_view source, bool& has_bad_lines) {
  AuthorizedKeys keys;
  const auto rejected = keys.add(text, source);
  for (const auto& line : rejected) log::warning("{}: skipped: {}", line.source, line.reason);
  has_bad_lines = !rejected.empty();
  return keys;
}

}  // namespace

KeyStore::KeyStore(const Settings& settings)
    : file_path_(settings.authorized_keys_file),
      github_(settings.github_users, settings.keys_max_stale),
      expiry_poll_(std::clamp<std::chrono::seconds>(settings.keys_max_stale / 10, 1s, 60s)) {}

Result<KeyStore> KeyStore::load(const Settings& settings) {
  KeyStore store(settings);
  bool has_bad_lines = false;
  store.static_keys_ =
      parse_keys(settings.authorized_keys, "ZOMG_SSH_AUTHORIZED_KEYS", has_bad_lines);
  if (!store.file_path_.empty()) {
    auto text = read_file(store.file_path_, limits::kMaxAuthorizedKeysBytes, settings.strictness());
    if (!text) return text.error().with_context("ZOMG_SSH_AUTHORIZED_KEYS_FILE");
    store.file_keys_ = parse_keys(*text, store.file_path_, has_bad_lines);
    store.file_text_ = std::move(*text);
  }
  store.rebuild();
  if (store.usable()) return store;
  if (settings.github_users.empty()) {
    return common::error(
        "no usable key: nobody could log in. Put public keys in ZOMG_SSH_AUTHORIZED_KEYS or in the "
        "file that ZOMG_SSH_AUTHORIZED_KEYS_FILE names, or name users in ZOMG_SSH_GITHUB_USERS");
  }
  log::warning("nobody can log in before the keys of a GitHub user have come");
  return store;
}

void KeyStore::watch(EventLoop& loop, std::function<void()> on_change) {
  loop_ = &loop;
  on_change_ = std::move(on_change);
  if (!github_.users().empty()) watch_expiry();
}

void KeyStore::take_file(const Result<std::string>& text) {
  if (text && *text == file_text_) {
    file_failing_ = false;
    return;
  }
  file_failing_ = true;
  if (!text && text.error().errno_value == common::kInsecure) {
    // As sshd: no key of such a file counts. Its last ones may be what was taken out since.
    log::error("ZOMG_SSH_AUTHORIZED_KEYS_FILE: its keys count no more: {}", text.error().message);
    file_keys_ = {};
    file_text_.clear();
    return on_sources_changed();
  }
  if (!text) {
    log::error("ZOMG_SSH_AUTHORIZED_KEYS_FILE: its last keys stay: {}", text.error().message);
    return;
  }
  bool has_bad_lines = false;
  AuthorizedKeys keys = parse_keys(*text, file_path_, has_bad_lines);
  if (keys.size() == 0 && has_bad_lines) {
    log::error("{}: its last keys stay: it has no usable line any more",
               common::quoted(file_path_));
    return;
  }
  file_failing_ = false;
  file_keys_ = std::move(keys);
  file_text_ = *text;
  log::info("{}: {} keys", common::quoted(file_path_), file_keys_.size());
  on_sources_changed();
}

void KeyStore::watch_expiry() {
  if (github_.expire(EventLoop::Clock::now())) on_sources_changed();
  loop_->after(expiry_poll_, [this] { watch_expiry(); });
}

Result<void> KeyStore::apply(const messages::GithubKeys& message) {
  auto changed = github_.apply(message, EventLoop::Clock::now());
  if (!changed) return changed.error();
  if (*changed) on_sources_changed();
  return {};
}

Result<void> KeyStore::apply(const messages::GithubFailure& message) {
  if (auto applied = github_.apply(message); !applied) return applied;
  const GithubKeys::User& user = github_.users()[message.user];
  if (!usable()) {
    log::warning("nobody can log in before GitHub user {}'s keys come: {}", user.settings.login,
                 describe(message.failure));
  }
  return {};
}

void KeyStore::rebuild() {
  AuthorizedKeys keys;
  bool complete = keys.add_all(static_keys_) && keys.add_all(file_keys_);
  for (const GithubKeys::User& user : github_.users()) {
    for (const AuthorizedKey& key : user.keys) complete = complete && keys.add(key);
  }
  if (!complete) log::error("more than {} keys: some count no more", limits::kMaxAuthorizedKeys);
  keys_ = std::move(keys);
}

void KeyStore::on_sources_changed() {
  const bool was_usable = usable();
  rebuild();
  if (was_usable && !usable()) log::warning("nobody can log in: no key is left");
  if (on_change_) on_change_();
}

messages::KeySources KeyStore::sources() const {
  using std::chrono::microseconds;
  const auto count = [](std::size_t keys) { return static_cast<std::uint32_t>(keys); };
  const auto now = EventLoop::Clock::now();
  messages::KeySources all;
  auto& list = all.sources.value;
  if (static_keys_.size() > 0) {
    list.push_back({messages::KeySourceKind::kSetting, {}, count(static_keys_.size()), 0, false});
  }
  if (!file_path_.empty()) {
    list.push_back(
        {messages::KeySourceKind::kFile, {}, count(file_keys_.size()), 0, file_failing_});
  }
  for (const GithubKeys::User& user : github_.users()) {
    messages::KeySource source{messages::KeySourceKind::kGithub,
                               std::string_view(user.settings.login), count(user.keys.size()), 0,
                               user.failure.has_value()};
    if (user.confirmed) {
      const auto age = std::chrono::duration_cast<microseconds>(now - *user.confirmed);
      source.confirmed_us = Journal::now_us() - static_cast<std::uint64_t>(age.count());
    }
    list.push_back(std::move(source));
  }
  return all;
}

}  // namespace zomg::monitor
