#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

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
  /// When the question was sent that this answers.
  std::chrono::steady_clock::time_point asked;
};

/// Whom BoxFinder asks.
class BoxLookup {
 public:
  using Clock = std::chrono::steady_clock;
  /// One who waits for the answer to a question; others may wait for the same.
  struct RequestId {
    std::uint64_t question = 0;
    std::uint64_t waiter = 0;
  };
  /// Called once: with a box, or with why there is none.
  using OnReply = std::function<void(common::Failure, LookedUpBox)>;

  virtual ~BoxLookup() = default;
  /// For the container that the name has; without one, that which the rules choose. `key` is whose
  /// turn it takes (Credential::identity).
  virtual RequestId look_up(const common::LoginName& name, const std::string& key,
                            OnReply on_reply) = 0;
  /// Its callback is not called. A question that nobody else waits for is dropped, if it was not sent.
  virtual void cancel(RequestId request) = 0;
  /// Whether the question was sent, and so will be answered.
  virtual bool under_way(RequestId request) const = 0;
  /// For how much longer somebody should wait who can do without; zero: not at all.
  virtual Clock::duration patience(RequestId request) const = 0;
};

}  // namespace zomg::monitor
