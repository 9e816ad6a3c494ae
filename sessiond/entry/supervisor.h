#pragma once

#include <chrono>
#include <optional>

#include "common/base/child.h"
#include "common/base/failure.h"
#include "common/ipc/channel.h"
#include "common/sandbox/seccomp/prepared_filter.h"
#include "sessiond/entry/hangup.h"

namespace zomg::sessiond {

/// The parent of a user's program while it runs: tells the connection process and the monitor
/// how it ended, passes on signals, and hangs its session up when the client goes, the gateway stops,
/// or the box ends. Needs nothing but CAP_KILL and what its constructor is given: after seclude() and
/// enter_sandbox() it has nothing else, if its caller keeps nothing.
class Supervisor {
 public:
  /// `program` is the pid of a child that leads its own session and process group. `terminal` is the
  /// master of its terminal, if it has one. `box` is the pidfd of the box's first process;
  /// `processes` what seclude() gave; `stop` a signalfd for SIGTERM.
  Supervisor(pid_t program, common::Fd program_pidfd, common::Fd terminal, ipc::Channel control,
             ipc::Channel monitor, common::Fd box, common::Fd processes, int stop);

  /// What any supervisor loads in enter_sandbox(), made once for all of them.
  static common::Result<sandbox::PreparedFilter> prepare_filter();
  /// On an Error the program is to be abandoned.
  common::Result<void> enter_sandbox(const sandbox::PreparedFilter& filter);

  /// Ends the program and all of its session, and says that the gateway failed: nobody would supervise
  /// it.
  void abandon();

  /// Serves until the program and what it left behind have ended.
  void run();

 private:
  using Clock = std::chrono::steady_clock;

  void on_control();
  void on_program_end();
  template <ipc::Message Ending>
  void tell(const Ending& ending);
  void on_box_end();
  void on_stop();
  void on_child_end();
  void hang_up();
  void on_deadline();
  int timeout_ms() const;

  /// The last to be closed: it takes a millisecond to take a mount away.
  common::Fd processes_;
  pid_t program_;
  common::Fd program_pidfd_;
  common::Fd terminal_;
  ipc::Channel control_;
  ipc::Channel monitor_;
  common::Fd box_;
  int stop_;
  common::Fd children_;  ///< a signalfd for SIGCHLD
  Hangup hangup_;
  bool program_ended_ = false;
  bool reaped_ = false;
  bool box_ended_ = false;
  bool stopping_ = false;
  bool hanging_up_ = false;
  bool to_tell_ = false;  ///< the terminal hung up; those whom that did not reach are still to hear
  bool to_reap_ = true;   ///< some may have ended that nobody told of
  bool done_ = false;
  std::optional<Clock::time_point> deadline_;
  Clock::time_point kill_at_;
};

}  // namespace zomg::sessiond
