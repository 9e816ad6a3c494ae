#include "monitor/helpers/keyring/keyring.h"

#include <poll.h>

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::keyring {
namespace {

using common::Result;
using namespace std::chrono_literals;
using messages::KeysOrigin;
using std::chrono::seconds;

/// How long news waits for the rest of a round of fetches, so that one write serves many users.
constexpr std::chrono::milliseconds kSaveDelay{200};
/// Between attempts to save that failed.
constexpr seconds kSaveRetry{60};
/// A fetch that found nothing new is no reason to write, but for when the last time was this long
/// ago, or a tenth of the time after which kept keys are of no use.
constexpr seconds kLongestUnsaved{3600};

bool is_readable(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

}  // namespace

Keyring::Keyring(ipc::Channel channel, messages::KeyringSettings settings, std::string ca_bundle,
                 StateFiles files)
    : channel_(std::move(channel)),
      settings_(std::move(settings)),
      files_(std::move(files)),
      fetcher_(std::move(ca_bundle)),
      random_(std::random_device()()),
      started_(Clock::now()) {
  for (const auto& login : settings_.users.value) {
    users_.push_back({login.value, Schedule(seconds(settings_.refresh_seconds)), false, {}});
  }
}

Result<void> Keyring::run() {
  if (auto told = tell_saved(); !told) return told;
  while (true) {
    start_due(Clock::now());
    for (auto& done : fetcher_.wait(channel_.fd(), time_to_next(Clock::now()))) {
      if (auto handled = on_done(std::move(done)); !handled) return handled;
    }
    auto served = serve_monitor();
    if (!served) return served.error();
    if (!*served) return {};
    const auto now = Clock::now();
    if (save_is_due(now)) save(now);
    if (outdated_ && !unsaved_since_ && now - started_ > limits::kKeyringRenewal) {
      return common::error("resolv.conf or the CA certificates may have changed");
    }
  }
}

Result<void> Keyring::tell_saved() {
  if (!files_) return {};
  State state = files_.load();
  if (state.base_url != settings_.base_url) return {};
  const auto now = WallClock::now();
  for (SavedUser& saved : state.users.value) {
    const auto user = std::find_if(users_.begin(), users_.end(), [&saved](const User& candidate) {
      return candidate.login == saved.login.value;
    });
    if (user == users_.end()) continue;
    const WallClock::time_point confirmed_at{seconds(saved.confirmed_at)};
    // A clock that was set back makes keys look as if they came from the future: then they are new.
    const auto age = std::max(std::chrono::duration_cast<seconds>(now - confirmed_at), 0s);
    if (age > seconds(settings_.max_stale_seconds)) continue;
    user->known = Known{saved.etag.value, now - age, std::move(saved.keys)};
    const auto index = static_cast<std::size_t>(user - users_.begin());
    if (auto told = tell(index, KeysOrigin::kState, age); !told) return told;
  }
  return {};
}

void Keyring::start_due(Clock::time_point now) {
  for (std::size_t i = 0; i < users_.size(); ++i) {
    User& user = users_[i];
    if (fetcher_.running() >= limits::kMaxParallelFetches) return;
    if (user.fetching || user.schedule.due() > now) continue;
    user.fetching = true;
    fetcher_.start(i, fmt::format("{}/{}.keys", settings_.base_url.value, user.login),
                   user.known ? user.known->etag : std::string());
  }
}

std::chrono::milliseconds Keyring::time_to_next(Clock::time_point now) const {
  auto next = now + 1h;
  if (unsaved_since_) next = std::max(*unsaved_since_ + kSaveDelay, no_save_before_);
  if (fetcher_.running() < limits::kMaxParallelFetches) {
    for (const User& user : users_) {
      if (!user.fetching) next = std::min(next, user.schedule.due());
    }
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now);
  return std::max(left, std::chrono::milliseconds(0));
}

Result<bool> Keyring::serve_monitor() {
  if (!is_readable(channel_.fd())) return true;
  auto packet = channel_.receive();
  if (!packet && packet.error().errno_value == ECONNRESET) return false;
  if (!packet) return packet.error();
  if (packet->closed()) return false;
  if (!packet->fds.empty()) return common::error("descriptors where none belong");
  if (auto request = ipc::decode<messages::FetchNow>(*packet); !request) {
    return request.error();
  }
  for (User& user : users_) user.schedule.make_due();
  return true;
}

Result<void> Keyring::on_done(Fetcher::Done done) {
  User& user = users_[done.id];
  user.fetching = false;
  const bool conditional = user.known && !user.known->etag.empty();
  Verdict verdict = judge(done.answer, conditional);
  outdated_ = done.may_be_outdated;
  if (verdict.kind == Verdict::Kind::kFailed) {
    user.schedule.failed(Clock::now(), done.answer.retry_after, random());
    const auto wait = std::chrono::ceil<seconds>(user.schedule.due() - Clock::now());
    log::warning("GitHub user {}: {}; trying again in {} s", user.login, verdict.reason,
                 wait.count());
    return channel_.send(
        messages::GithubFailure{static_cast<std::uint32_t>(done.id), verdict.failure});
  }
  user.schedule.succeeded(Clock::now(), random());
  bool news = Clock::now() - saved_at_ >
              std::min(kLongestUnsaved, seconds(settings_.max_stale_seconds / 10));
  if (verdict.kind == Verdict::Kind::kKeys) {
    news = news || !user.known || user.known->keys != verdict.keys ||
           user.known->etag != done.answer.etag;
    user.known = Known{std::move(done.answer.etag), {}, std::move(verdict.keys)};
  }
  log::debug("GitHub user {}: status {}, {} keys", user.login, done.answer.status,
             user.known->keys.value.size());
  user.known->confirmed_at = WallClock::now();
  if (files_ && news && !unsaved_since_) unsaved_since_ = Clock::now();
  return tell(done.id, KeysOrigin::kAnswer, 0s);
}

Result<void> Keyring::tell(std::size_t user, KeysOrigin origin, seconds age) {
  messages::GithubKeys message;
  message.user = static_cast<std::uint32_t>(user);
  message.origin = origin;
  message.age_seconds = static_cast<std::uint32_t>(age.count());
  message.keys = users_[user].known->keys;
  return channel_.send(message);
}

bool Keyring::save_is_due(Clock::time_point now) const {
  if (!unsaved_since_ || now < no_save_before_) return false;
  return fetcher_.running() == 0 || now - *unsaved_since_ >= kSaveDelay;
}

void Keyring::save(Clock::time_point now) {
  State state;
  state.base_url = settings_.base_url;
  for (const User& user : users_) {
    if (!user.known) continue;
    SavedUser saved;
    saved.login = std::string_view(user.login);
    saved.etag = std::string_view(user.known->etag);
    saved.confirmed_at = static_cast<std::uint64_t>(
        std::chrono::duration_cast<seconds>(user.known->confirmed_at.time_since_epoch()).count());
    saved.keys = user.known->keys;
    state.users.value.push_back(std::move(saved));
  }
  if (auto saved = files_.save(std::move(state)); !saved) {
    log::error("the keys of GitHub users could not be kept in ZOMG_SSH_STATE_DIR: {}",
               saved.error().message);
    no_save_before_ = now + kSaveRetry;
    return;
  }
  unsaved_since_.reset();
  saved_at_ = now;
}

}  // namespace zomg::keyring
