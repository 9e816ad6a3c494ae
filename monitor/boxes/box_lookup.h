#pragma once

#include <cstdint>
#include <functional>

#include "common/base/fd.h"
#include "common/messages/resolver.h"
#include "common/ssh/login_name.h"

namespace zomg::monitor {

/// A box as a resolver claims it, with what else a session needs of it.
struct LookedUpBox {
  messages::BoxClaim claim;
  /// What came with it, and the container's seccomp filter if it has one (messages::BoxLookedUp).
  common::Fd file;
  common::Fd seccomp_filter;
  /// Where a container is to be chosen: those that there are.
  messages::ContainerNames containers;
};

/// Whom BoxFinder asks.
class BoxLookup {
 public:
  using RequestId = std::uint64_t;
  /// Called once: with a box, or with why there is none.
  using OnReply = std::function<void(common::Failure, LookedUpBox)>;

  virtual ~BoxLookup() = default;
  /// For the container that the name has; without one, that which the rules choose.
  virtual RequestId look_up(const common::LoginName& name, OnReply on_reply) = 0;
};

}  // namespace zomg::monitor
