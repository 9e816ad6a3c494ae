#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/fd.h"
#include "common/messages/session.h"
#include "monitor/login_name.h"
#include "monitor/resolver_client.h"
#include "monitor/session_launcher.h"

namespace zomg::monitor {

/// The sessions of one authenticated connection in the one box that it logged in to. Looks the box
/// up as soon as it is made, keeps the answer while the container runs, and keeps one sessiond
/// prepared ahead of the first session.
class BoxAccess {
 public:
  BoxAccess(EventLoop& loop, ResolverClient& resolver, SessionLauncher& launcher, LoginName name,
            std::string log_prefix);
  ~BoxAccess();
  BoxAccess(const BoxAccess&) = delete;
  BoxAccess& operator=(const BoxAccess&) = delete;

  /// Starts a session, or tells `control` why not; at once, or when the lookup has ended.
  void open(messages::SessionPlan plan, ipc::Channel control);
  /// Ends the sessions that run.
  void terminate() { launcher_.terminate(live_); }
  /// Sessions that wait or run.
  std::size_t sessions() const { return waiting_.size() + *live_; }

 private:
  struct Waiting {
    messages::SessionPlan plan;
    ipc::Channel control;
  };

  void look_up();
  void on_looked_up(common::Failure failure, LookedUpBox box);
  void on_container_end();
  void forget_box();
  void prepare();
  void launch(const Waiting& session);

  EventLoop& loop_;
  ResolverClient& resolver_;
  SessionLauncher& launcher_;
  LoginName name_;
  std::string log_prefix_;
  std::optional<ResolverClient::RequestId> request_;
  std::optional<LookedUpBox> box_;
  common::Fd container_;  ///< pidfd of the container's first process
  std::optional<PreparedSession> prepared_;
  std::vector<Waiting> waiting_;
  std::shared_ptr<std::size_t> live_ = std::make_shared<std::size_t>(0);
};

}  // namespace zomg::monitor
