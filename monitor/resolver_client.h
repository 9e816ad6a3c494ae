#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "common/fd.h"
#include "common/messages/resolver.h"
#include "monitor/helper.h"
#include "monitor/login_name.h"

namespace zomg::monitor {

/// A box as the resolver claims it, with what else a session needs of it.
struct LookedUpBox {
  messages::BoxClaim claim;
  /// The container's environment, and its seccomp filter if it has one (messages::BoxLookedUp).
  common::Fd environment;
  common::Fd seccomp_filter;
};

/// Asks the resolver for boxes. A question outlives the resolver: one that is started again is
/// asked again, until the question's time is up.
class ResolverClient {
 public:
  using RequestId = std::uint64_t;
  /// Called once: with a box, or with why there is none.
  using OnReply = std::function<void(common::Failure, LookedUpBox)>;

  ResolverClient(EventLoop& loop, const Program& program, int null_fd,
                 messages::ResolverSettings settings);

  common::Result<void> start() { return helper_.start(); }
  void stop() { helper_.stop(); }

  RequestId look_up(const LoginName& name, OnReply on_reply);
  /// Drops the question: its callback is not called.
  void cancel(RequestId request);

 private:
  struct Question {
    messages::LookUpBox message;
    OnReply on_reply;
    EventLoop::TimerId timeout;
  };

  void on_start(const ipc::Channel& channel);
  common::Result<void> on_packet(ipc::Packet packet);
  void answer(RequestId request, common::Failure failure, LookedUpBox box);

  EventLoop& loop_;
  messages::ResolverSettings settings_;
  Helper helper_;
  std::unordered_map<RequestId, Question> questions_;
  RequestId last_request_ = 0;
};

}  // namespace zomg::monitor
