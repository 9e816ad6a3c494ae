#pragma once

#include "common/failure.h"
#include "common/fd.h"
#include "common/messages/resolver.h"

namespace zomg::lookup {

/// What a lookup found: with failure kNone a claim whose every field is checked for its bounds and
/// alphabet, and the file that goes with it (messages::BoxLookedUp).
struct FoundBox {
  common::Failure failure = common::Failure::kNone;
  messages::BoxClaim claim;
  common::Fd file;
  /// With claim.filtered.
  common::Fd seccomp_filter;
};

}  // namespace zomg::lookup
