#include "monitor/login/github_keys.h"

#include "common/base/log.h"
#include "monitor/keys/public_key.h"

namespace zomg::monitor {
namespace {

using common::Result;
using messages::FetchFailure;

std::vector<AuthorizedKey> usable_keys(const GithubUser& user, const messages::KeyBlobs& blobs) {
  KeyOptions options;
  if (!user.boxes.empty()) {
    auto boxes = PatternList::parse(user.boxes);
    CHECK(boxes);
    options.boxes = std::move(*boxes);
  }
  std::vector<AuthorizedKey> keys;
  for (const auto& blob : blobs.value) {
    if (auto parsed = PublicKey::parse(blob); !parsed) {
      log::info("GitHub user {}: a key is of no use: {}", user.login, parsed.error().message);
      continue;
    }
    keys.push_back({blob.value, "GitHub user " + user.login, {}, options, user.login});
  }
  return keys;
}

}  // namespace

GithubKeys::GithubKeys(const std::vector<GithubUser>& users, std::chrono::seconds max_stale)
    : max_stale_(max_stale) {
  for (const GithubUser& user : users) users_.push_back({user, {}, {}, {}, {}});
}

Result<bool> GithubKeys::apply(const messages::GithubKeys& message, Clock::time_point now) {
  if (message.user >= users_.size()) return common::error("there is no user {}", message.user);
  User& user = users_[message.user];
  const bool saved = message.origin == messages::KeysOrigin::kState;
  if (saved && user.confirmed) return false;
  const std::chrono::seconds age{saved ? message.age_seconds : 0};
  if (age > max_stale_) return false;
  const bool first = !user.confirmed;
  user.confirmed = now - age;
  if (!saved) user.failure.reset();
  if (!first && message.keys == user.claimed) return false;
  user.claimed = message.keys;
  user.keys = usable_keys(user.settings, message.keys);
  log::info("GitHub user {}: {} keys{}", user.settings.login, user.keys.size(),
            saved ? fmt::format(", as of {} s ago", age.count()) : "");
  return true;
}

Result<void> GithubKeys::apply(const messages::GithubFailure& message) {
  if (message.user >= users_.size()) return common::error("there is no user {}", message.user);
  users_[message.user].failure = message.failure;
  return {};
}

bool GithubKeys::expire(Clock::time_point now) {
  bool changed = false;
  for (User& user : users_) {
    if (!user.confirmed || now - *user.confirmed <= max_stale_) continue;
    log::warning("GitHub user {}: {} keys are dropped: GitHub has not confirmed them for {} s",
                 user.settings.login, user.keys.size(), max_stale_.count());
    changed = changed || !user.keys.empty();
    user.claimed = {};
    user.keys.clear();
    user.confirmed.reset();
  }
  return changed;
}

std::string_view describe(FetchFailure failure) {
  switch (failure) {
    case FetchFailure::kNetwork:
      return "the server cannot be reached";
    case FetchFailure::kTimeout:
      return "the server does not answer in time";
    case FetchFailure::kTls:
      return "the server's certificate is not trusted";
    case FetchFailure::kThrottled:
      return "the server asks to wait";
    case FetchFailure::kStatus:
      return "the server answers with an error";
    case FetchFailure::kNoKeys:
      return "the server answers with something that is no list of keys";
  }
  return "";
}

}  // namespace zomg::monitor
