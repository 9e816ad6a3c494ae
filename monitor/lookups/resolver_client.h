#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "monitor/base/helper.h"
#include "monitor/lookups/box_lookup.h"
#include "monitor/lookups/lookup_turns.h"
#include "monitor/lookups/server_health.h"

namespace zomg::monitor {

/// Asks zomg-ssh-resolver, or zomg-ssh-kubernetes, for boxes: one question for a login name at a time,
/// whoever waits for it, and no more at once than it answers at once. The others wait here for their
/// key's turn. A question outlives the resolver: one that is started again is asked again, while
/// somebody waits.
class ResolverClient : public BoxLookup {
 public:
  /// A claim of zomg-ssh-resolver names a process, one of zomg-ssh-kubernetes none.
  enum class Claims { kProcess, kPod };

  /// `send_settings` sends the program its first message.
  ResolverClient(EventLoop& loop, const Program& program, int null_fd, Claims claims,
                 std::function<common::Result<void>(const ipc::Channel&)> send_settings);

  common::Result<void> start() { return helper_.start(); }
  bool running() const { return helper_.running(); }

  RequestId look_up(const common::LoginName& name, const std::string& key,
                    OnReply on_reply) override;
  void cancel(RequestId request) override;
  bool under_way(RequestId request) const override;
  Clock::duration patience(RequestId request) const override;

 private:
  using QuestionId = LookupTurns::QuestionId;
  struct Waiter {
    std::string key;
    OnReply on_reply;
    EventLoop::TimerId timeout;
  };
  struct Sent {
    std::string key;  ///< whose turn it was
    Clock::time_point time;
  };
  struct Question {
    std::string name;
    messages::LookUpBox message;
    std::map<std::uint64_t, Waiter> waiters;
    std::optional<Sent> sent;
  };

  void send_those_whose_turn_it_is();
  void send_later(const common::Error& error);
  common::Result<void> on_start(const ipc::Channel& channel);
  common::Result<void> on_packet(ipc::Packet packet);
  common::Result<void> check(const messages::BoxLookedUp& reply) const;
  void end(QuestionId id, common::Failure failure, LookedUpBox box);
  void time_out(RequestId request);
  std::optional<Waiter> take_waiter(RequestId request);
  void forget(QuestionId id);

  EventLoop& loop_;
  Claims claims_;
  std::function<common::Result<void>(const ipc::Channel&)> send_settings_;
  Helper helper_;
  std::unordered_map<QuestionId, Question> questions_;
  /// Those that more can wait for, by the name that they are about.
  std::unordered_map<std::string, QuestionId> by_name_;
  LookupTurns turns_;
  ServerHealth health_;
  QuestionId last_question_ = 0;
  std::uint64_t last_waiter_ = 0;
  /// While the socket has no room.
  EventLoop::TimerId sent_again_ = 0;
};

}  // namespace zomg::monitor
