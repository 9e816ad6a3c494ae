#pragma once

#include <chrono>
#include <span>
#include <string>

#include "common/base/failure.h"
#include "common/base/fd.h"
#include "common/messages/resolver.h"

namespace zomg::lookup {

/// How the server was that a lookup asked (messages::BoxLookedUp).
struct ServerConduct {
  bool fails = false;
  std::chrono::microseconds slowest{0};
};

/// What a lookup found: with failure kNone a claim whose every field is checked for its bounds and
/// alphabet, and the file that goes with it (messages::BoxLookedUp). With another failure what the
/// claim may have then.
struct FoundBox {
  common::Failure failure = common::Failure::kNone;
  messages::BoxClaim claim;
  /// With kSeveralContainers and kNoSuchContainer.
  messages::ContainerNames containers;
  common::Fd file;
  /// With claim.filtered.
  common::Fd seccomp_filter;
  /// Of the API server.
  ServerConduct server;
};

/// The first of `names` that are names of containers, as many as a user is told of.
messages::ContainerNames container_names(std::span<const std::string> names);

}  // namespace zomg::lookup
