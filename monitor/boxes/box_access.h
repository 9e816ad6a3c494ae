#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "common/messages/session.h"
#include "common/ssh/login_name.h"
#include "monitor/boxes/box_finder.h"
#include "monitor/boxes/session_launcher.h"
#include "monitor/login/login.h"

namespace zomg::monitor {

/// The sessions of one authenticated connection in the one box that it logged in to. Looks the box
/// up as soon as it is made, keeps the answer while the container runs, and, for as long as the connection
/// is used, one session prepared ahead of the next. A session goes to the container of this node, or by kubectl
/// where the box is not on it or could not be entered.
class BoxAccess {
 public:
  BoxAccess(EventLoop& loop, Journal& journal, BoxFinder& finder, SessionLauncher& launcher,
            const Login& login, std::uint64_t connection, std::string log_prefix);
  ~BoxAccess();
  BoxAccess(const BoxAccess&) = delete;
  BoxAccess& operator=(const BoxAccess&) = delete;

  /// Puts a recorder before a session's control socket, which holds the session's place, too. False where the
  /// session must not go on.
  using StartRecorder = std::function<bool(ipc::Channel& control, SessionPlaces::Held place)>;

  /// Starts a session, or tells `control` why not; at once, or when the lookup has ended. `start_recorder`
  /// is called for one that is not refused; it may be empty.
  void open(messages::SessionPlan plan, ipc::Channel control, std::shared_ptr<SessionRecord> record,
            StartRecorder start_recorder);
  /// A session has ended: the connection is in use.
  void on_session_end();
  /// Ends the sessions that run.
  void terminate() { launcher_.terminate(live_); }
  /// Sessions that wait or run, and the process that waits for one.
  std::size_t sessions() const { return waiting_.size() + falling_back_.size() + *live_; }
  /// Sessions that wait for the box to be found, or to be forked again.
  std::size_t waiting() const { return waiting_.size(); }
  /// Whether there is any session.
  bool in_use() const { return sessions() > (prepared_ && launcher_.waits(*prepared_) ? 1 : 0); }

 private:
  struct Waiting {
    messages::SessionPlan plan;
    ipc::Channel control;
    std::shared_ptr<SessionRecord> record;
    StartRecorder start_recorder;  ///< until it was called
    SessionPlaces::Held place;     ///< since it was first launched
    bool tried_again = false;
  };

  void look_up();
  /// Has the sessions that wait go on later, unless they do so anyway.
  void go_on_after(EventLoop::Clock::duration delay);
  void on_found(common::Failure failure, FoundPath path);
  void on_container_end();
  void forget_box();
  bool is_stale() const;
  /// Whether prepared_ is there, or could be made.
  bool prepare();
  bool start_zygote();
  /// Takes a place among who has a session prepared, as who has used theirs last.
  void take_place();
  /// Lets go of what is prepared, and of what it was forked from.
  void give_up_spare();
  void prepare_next();
  void on_answer(const std::shared_ptr<Waiting>& session, SessionLauncher::Answer answer,
                 common::Failure failure);
  void launch(const std::shared_ptr<Waiting>& session);
  void launch_by_kubectl(const Waiting& session, const FoundPath& path);
  static void refuse(const Waiting& session, common::Failure failure,
                     const messages::ContainerNames& containers = {});
  void publish(common::Failure failure, const FoundPath& path);
  void on_not_forked(const std::shared_ptr<Waiting>& session);
  void on_not_entered(const std::shared_ptr<Waiting>& session, common::Failure failure);

  EventLoop& loop_;
  Journal& journal_;
  BoxFinder& finder_;
  SessionLauncher& launcher_;
  common::LoginName name_;
  SessionPlaces::Counted counted_;
  std::uint64_t connection_;
  std::string log_prefix_;
  EventLoop::Clock::time_point looking_since_;
  std::optional<BoxFinder::SearchId> search_;
  std::optional<FoundPath> path_;
  bool missed_ = false;  ///< a session found no box when it was looked up last
  EventLoop::Clock::time_point found_;
  EventLoop::TimerId wait_timer_ = 0;
  common::Fd container_;               ///< pidfd of the container's first process, on this node
  std::optional<Zygotes::Id> zygote_;  ///< what its sessions are forked from
  std::optional<PreparedSession> prepared_;  ///< forked from it
  Spares::Place place_ = 0;                  ///< for both
  EventLoop::TimerId prepare_timer_ = 0;
  bool used_ = false;  ///< it has had a session
  std::vector<std::shared_ptr<Waiting>> waiting_;
  std::set<BoxFinder::SearchId> falling_back_;  ///< of those that could not enter
  std::shared_ptr<std::size_t> live_ = std::make_shared<std::size_t>(0);
  /// Expires with this object, which a session may outlive.
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace zomg::monitor
