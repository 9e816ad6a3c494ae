#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "common/child.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"
#include "common/sandbox/identity.h"
#include "monitor/event_loop.h"
#include "monitor/programs.h"
#include "monitor/resolver_client.h"

namespace zomg::monitor {

/// A sessiond that was started for a box and waits for its plan. Dropping it lets it end.
struct PreparedSession {
  std::uint32_t id = 0;
  ipc::Channel channel;
};

/// Starts sessiond processes and reaps them.
class SessionLauncher {
 public:
  struct Options {
    std::string chroot_directory;
    messages::BoxUser user;
    /// What sessiond turns into when its user's program runs.
    sandbox::Account account;
  };

  SessionLauncher(EventLoop& loop, const Program& sessiond, int null_fd, Options options);

  /// Starts a sessiond that prepares to enter `box`, whose first process `pidfd` is. `*live` counts
  /// the sessionds that were started with it and have not ended.
  common::Result<PreparedSession> prepare(const LookedUpBox& box, int pidfd,
                                          std::shared_ptr<std::size_t> live);

  /// Sends the sessionds that count in `*live` SIGTERM: each ends its program and says why.
  void terminate(const std::shared_ptr<std::size_t>& live);
  /// The same with every sessiond.
  void terminate_all();
  std::size_t running() const { return running_.size(); }

 private:
  struct Running {
    common::Child child;
    std::shared_ptr<std::size_t> live;
  };

  void on_end(std::uint32_t id);

  EventLoop& loop_;
  const Program& sessiond_;
  int null_fd_;
  Options options_;
  std::unordered_map<std::uint32_t, Running> running_;
  std::uint32_t last_id_ = 0;
};

}  // namespace zomg::monitor
