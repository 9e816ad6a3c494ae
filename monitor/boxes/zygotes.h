#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <unordered_map>

#include "common/base/child.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"
#include "monitor/base/event_loop.h"
#include "monitor/base/programs.h"

namespace zomg::monitor {

/// The processes of sessiond that sessions are forked from, one for each connection that has or may soon
/// have some. Starts and reaps them. Nothing is waited for: who asks for a session has its channel at
/// once, and hears later of the process that has the other end.
class Zygotes {
 public:
  using Id = std::uint32_t;
  /// Called once for each fork(): with a child of ours that is not reaped, or with none.
  using OnForked = std::function<void(common::Child child)>;

  Zygotes(EventLoop& loop, const Programs& programs, int null_fd)
      : loop_(loop), programs_(programs), null_fd_(null_fd) {}

  /// Starts one that prepares to enter the box of `target`, whose first process `pidfd` is; `filter` is
  /// the seccomp filter of a box that has one.
  common::Result<Id> start(const messages::SessionTarget& target, int pidfd, int filter);
  /// Has it fork a session. Our end of the session's channel; an Error where `on_forked` will not be
  /// called.
  common::Result<ipc::Channel> fork(Id zygote, OnForked on_forked);
  /// Lets it end, once it has forked what it was asked for.
  void let_go(Id zygote);
  /// Whether it is there to be asked.
  bool has(Id zygote) const { return zygotes_.count(zygote) != 0 && !zygotes_.at(zygote).let_go; }
  std::size_t count() const { return zygotes_.size(); }
  /// Lets go of all, and calls nobody any more.
  void abandon();

 private:
  struct Zygote {
    common::Child child;
    ipc::Channel channel;
    std::deque<OnForked> asked;
    bool let_go = false;
  };

  /// Whether there was an answer.
  bool on_message(Id id);
  void close(Zygote& zygote);
  void on_end(Id id);

  EventLoop& loop_;
  const Programs& programs_;
  int null_fd_;
  std::unordered_map<Id, Zygote> zygotes_;
  Id last_id_ = 0;
};

}  // namespace zomg::monitor
