#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/failure.h"
#include "common/messages/event.h"
#include "monitor/settings/capacity.h"

namespace zomg::monitor {

/// How many sessions each box and each key has, and all together, and how many more they may have.
class SessionPlaces {
 public:
  /// Whom a session counts for.
  struct Counted {
    std::string box;  ///< a login name, without the container that it may choose
    std::string key;  ///< Credential::identity
  };
  class Place;
  /// A session's place. Everything that the session consists of holds it, so that it is given back when the
  /// last of that has ended.
  using Held = std::shared_ptr<Place>;

  explicit SessionPlaces(const Capacity& most);

  /// Nobody gets one from now on: the gateway stops, and would not end what begins now.
  void close() { closed_ = true; }
  /// Why these may not have one more session on this way; kNone when they may.
  common::Failure refusal(const Counted& counted, messages::BoxPath path) const;
  /// Takes a place; where `place` is one already, it becomes one on this way. Why not; kNone when it did.
  /// A place that was there stays as it was then.
  common::Failure take(Held& place, const Counted& counted, messages::BoxPath path);

 private:
  struct Counts;

  Capacity most_;
  bool closed_ = false;
  std::shared_ptr<Counts> counts_;  ///< also each place's, which may outlive this
};

}  // namespace zomg::monitor
