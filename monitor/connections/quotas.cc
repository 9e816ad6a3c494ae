#include "monitor/connections/quotas.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

/// Of the memory for windows one half is divided evenly; each connection gets this part of what is
/// left of the other half. So the first ones get the most, and nobody gets nothing.
constexpr std::size_t kSurplusShare = 16;
/// Eight channels with the largest window; less than a connection process may hold.
constexpr std::size_t kMostWindowBytes = 8 * limits::kMaxReceiveWindowBytes;

}  // namespace

bool Quotas::is_full(const Owners& owners, const std::string& name, std::uint64_t most) {
  const auto found = owners.find(name);
  return found != owners.end() && found->second >= most;
}

void Quotas::leave(Owners& owners, const std::string& name) {
  const auto found = owners.find(name);
  CHECK(found != owners.end() && found->second > 0);
  if (--found->second == 0) owners.erase(found);
}

std::pair<common::Failure, Quotas::Place> Quotas::admit(const std::string& key,
                                                        const std::string& user) {
  using common::Failure;
  if (is_full(by_key_, key, limits_.per_key)) return {Failure::kTooManyConnectionsOfKey, Place()};
  if (is_full(by_user_, user, limits_.per_user)) {
    return {Failure::kTooManyConnectionsOfUser, Place()};
  }
  ++by_key_[key];
  ++by_user_[user];
  Place place;
  place.owner_ = this;
  place.key_ = key;
  place.user_ = user;
  const std::size_t half = limits_.window_bytes / 2;
  place.surplus_ = std::min((half - surplus_used_) / kSurplusShare, kMostWindowBytes / 2);
  place.window_bytes_ =
      std::min<std::size_t>(half / limits_.connections, kMostWindowBytes / 2) + place.surplus_;
  surplus_used_ += place.surplus_;
  return {Failure::kNone, std::move(place)};
}

Quotas::Place::~Place() {
  if (owner_ == nullptr) return;
  leave(owner_->by_key_, key_);
  leave(owner_->by_user_, user_);
  owner_->surplus_used_ -= surplus_;
}

void Quotas::Place::swap(Place& other) {
  std::swap(owner_, other.owner_);
  std::swap(key_, other.key_);
  std::swap(user_, other.user_);
  std::swap(window_bytes_, other.window_bytes_);
  std::swap(surplus_, other.surplus_);
}

}  // namespace zomg::monitor
