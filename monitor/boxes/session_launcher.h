#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "common/base/child.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"
#include "common/sandbox/identity.h"
#include "monitor/base/event_loop.h"
#include "monitor/base/programs.h"
#include "monitor/boxes/session_places.h"
#include "monitor/boxes/session_record.h"
#include "monitor/boxes/spares.h"
#include "monitor/boxes/zygotes.h"
#include "monitor/lookups/resolver_client.h"
#include "monitor/settings/capacity.h"

namespace zomg::monitor {

/// A process of sessiond's, or a zomg-ssh-kubectl, that was started for a box and waits for its plan.
/// Dropping it lets it end.
struct PreparedSession {
  std::uint32_t id = 0;
  ipc::Channel channel;
};

/// Starts the processes of sessions and reaps them.
class SessionLauncher {
 public:
  struct Options {
    std::string chroot_directory;
    messages::BoxUser user;
    Capacity capacity;
    /// What sessiond turns into when its user's program runs.
    sandbox::Account account;
    /// What zomg-ssh-kubectl turns into before it starts kubectl.
    sandbox::Account kubectl_account;
    /// The program kubectl; may be empty where no session needs it.
    int kubectl = -1;
  };
  enum class Answer : std::uint8_t {
    kEntered,
    kNotEntered,  ///< and nobody was told: there may be another way
    kNotForked,   ///< nor is there a process
    kFailed,
  };
  /// The failure is kNotEntered's.
  using OnAnswer = std::function<void(Answer answer, common::Failure failure)>;

  SessionLauncher(EventLoop& loop, const Programs& programs, int null_fd, Options options);

  /// Starts what sessions in `box`, whose first process `pidfd` is, are forked from.
  common::Result<Zygotes::Id> start_zygote(const LookedUpBox& box, int pidfd);
  Zygotes& zygotes() { return zygotes_; }
  /// Has it fork the process of a session. `*live` counts the processes that were started with it and
  /// have not ended.
  common::Result<PreparedSession> prepare(Zygotes::Id zygote, std::shared_ptr<std::size_t> live);
  /// Whether its process has not ended.
  bool waits(const PreparedSession& session) const { return running_.count(session.id) != 0; }
  /// Starts a zomg-ssh-kubectl for `box`.
  common::Result<PreparedSession> prepare_by_kubectl(const LookedUpBox& box,
                                                     std::shared_ptr<std::size_t> live);
  /// The connections that have a session prepared ahead.
  Spares& spares() { return spares_; }

  /// What a session is to have before anything of it is started.
  SessionPlaces& places() { return places_; }

  /// Hands over the plan, with the session's control socket and the file that came with the box; not before
  /// its process is known as a child of ours, as nobody else could end it.
  /// `place` is held until the process has ended. `record` gets to know the session's end. `on_answer` is
  /// called at most once.
  common::Result<void> launch(PreparedSession session, const messages::SessionPlan& plan,
                              int control, int file, std::shared_ptr<SessionRecord> record,
                              SessionPlaces::Held place, OnAnswer on_answer);

  /// Sends the processes that count in `*live` SIGTERM: each ends its program and says why.
  void terminate(const std::shared_ptr<std::size_t>& live);
  /// The same with every session's process; no other session begins.
  void terminate_all();
  /// Takes the last words that have come, and lets go of all sessions: they run on, and nothing is told of
  /// their end.
  void abandon();
  /// Sessions, without the processes that wait for one.
  std::size_t running() const { return launched_; }
  /// All that it has started.
  std::size_t processes() const { return running_.size() + zygotes_.count(); }

 private:
  /// A plan that waits until its session's process was forked.
  struct Order {
    messages::SessionPlan plan;
    common::Fd control;
    common::Fd file;
  };

  struct Running {
    common::Child child;  ///< none until it was forked
    std::shared_ptr<std::size_t> live;
    /// From launch() until its last word.
    ipc::Channel channel;
    std::shared_ptr<SessionRecord> record;
    SessionPlaces::Held place;
    /// Until it was called.
    OnAnswer on_answer;
    bool entered = false;
    bool launched = false;
    bool to_end = false;  ///< as soon as there is somebody to tell
    std::unique_ptr<Order> order;
  };

  common::Result<ipc::Channel> start(const Program& program, std::uint32_t id,
                                     std::shared_ptr<std::size_t> live);
  void on_forked(std::uint32_t id, common::Child child);
  static void terminate(Running& running);
  static common::Result<std::unique_ptr<Order>> make_order(const messages::SessionPlan& plan,
                                                           int control, int file);
  void listen(std::uint32_t id);
  void on_message(std::uint32_t id);
  void read_last_words(std::uint32_t id);
  void forget_channel(Running& running);
  void on_end(std::uint32_t id);

  EventLoop& loop_;
  const Programs& programs_;
  int null_fd_;
  Options options_;
  Zygotes zygotes_;
  Spares spares_;
  SessionPlaces places_;
  std::unordered_map<std::uint32_t, Running> running_;
  std::size_t launched_ = 0;
  std::uint32_t last_id_ = 0;
};

}  // namespace zomg::monitor
