#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "monitor/base/helper.h"
#include "monitor/boxes/box_lookup.h"

namespace zomg::monitor {

/// Asks zomg-ssh-resolver, or zomg-ssh-kubernetes, for boxes. A question outlives the resolver: one
/// that is started again is asked again, until the question's time is up.
class ResolverClient : public BoxLookup {
 public:
  /// A claim of zomg-ssh-resolver names a process, one of zomg-ssh-kubernetes none.
  enum class Claims { kProcess, kPod };

  /// `send_settings` sends the program its first message.
  ResolverClient(EventLoop& loop, const Program& program, int null_fd, Claims claims,
                 std::function<common::Result<void>(const ipc::Channel&)> send_settings);

  common::Result<void> start() { return helper_.start(); }
  void stop() { helper_.stop(); }
  bool running() const { return helper_.running(); }

  RequestId look_up(const common::LoginName& name, OnReply on_reply) override;
  /// Drops the question: its callback is not called.
  void cancel(RequestId request);

 private:
  struct Question {
    messages::LookUpBox message;
    OnReply on_reply;
    EventLoop::TimerId timeout;
  };

  void ask(const ipc::Channel& channel, const messages::LookUpBox& question);
  common::Result<void> on_start(const ipc::Channel& channel);
  common::Result<void> on_packet(ipc::Packet packet);
  void answer(RequestId request, common::Failure failure, LookedUpBox box);

  EventLoop& loop_;
  Claims claims_;
  std::function<common::Result<void>(const ipc::Channel&)> send_settings_;
  Helper helper_;
  std::unordered_map<RequestId, Question> questions_;
  RequestId last_request_ = 0;
  /// Of those that the program which runs was asked.
  std::size_t unanswered_ = 0;
};

}  // namespace zomg::monitor
