#include "monitor/connections/startups.h"

namespace zomg::monitor {

using messages::ConnectionRefusal;

void Startups::Place::leave() {
  if (owner_ == nullptr) return;
  --owner_->total_;
  if (source_) {
    const auto found = owner_->by_source_.find(*source_);
    if (--found->second == 0) owner_->by_source_.erase(found);
  }
  owner_ = nullptr;
  source_.reset();
}

bool Startups::Place::move_to(const Network& source) {
  CHECK(owner_ != nullptr && !source_);
  if (owner_->is_full(source)) return false;
  ++owner_->by_source_[source];
  source_ = source;
  return true;
}

bool Startups::drops_early() const {
  if (total_ < limit_.begin) return false;
  if (total_ >= limit_.full || limit_.rate == 100) return true;
  // As sshd's should_drop_connection(): a straight line from `rate` at `begin` to 100 at `full`.
  const std::uint64_t likelihood =
      limit_.rate + (100 - limit_.rate) * (total_ - limit_.begin) / (limit_.full - limit_.begin);
  return dice_() < likelihood;
}

bool Startups::is_full(const Network& source) const {
  if (per_source_ == 0) return false;
  const auto found = by_source_.find(source);
  return found != by_source_.end() && found->second >= per_source_;
}

std::optional<ConnectionRefusal> Startups::refuse(const std::optional<Network>& source) const {
  if (source && is_full(*source)) return ConnectionRefusal::kPerSourceMaxStartups;
  if (drops_early()) return ConnectionRefusal::kMaxStartups;
  return std::nullopt;
}

Startups::Place Startups::take(const std::optional<Network>& source) {
  Place place;
  place.owner_ = this;
  ++total_;
  if (source) {
    ++by_source_[*source];
    place.source_ = source;
  }
  return place;
}

}  // namespace zomg::monitor
