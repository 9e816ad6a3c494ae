#pragma once

#include <chrono>
#include <list>
#include <string>
#include <unordered_map>

#include "common/base/failure.h"
#include "common/messages/resolver.h"

namespace zomg::monitor {

/// Pods of this node that the API server said a login name does not lead to: they lost their labels,
/// say. That holds until it says otherwise. Of limits::kMaxDeniedPods those denied last are kept.
class DeniedPods {
 public:
  using Clock = std::chrono::steady_clock;

  void deny(const messages::BoxClaim& pod, common::Failure why, Clock::time_point now);
  /// By an answer to what was `asked` then: after the no, or it is an older word than that.
  void allow(const messages::BoxClaim& pod, Clock::time_point asked);
  /// Why it was denied; kNone: it was not.
  common::Failure find(const messages::BoxClaim& pod) const;

 private:
  struct Denial {
    std::string pod;
    common::Failure why = common::Failure::kNone;
    Clock::time_point heard;
  };
  using Denials = std::list<Denial>;

  void forget(Denials::iterator denial);

  /// The last one first.
  Denials denials_;
  std::unordered_map<std::string, Denials::iterator> by_pod_;
};

}  // namespace zomg::monitor
