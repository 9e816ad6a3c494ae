#pragma once

#include <sys/types.h>

#include "common/base/child.h"
#include "common/base/failure.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"
#include "sessiond/container/box_process.h"
#include "sessiond/container/cgroups.h"
#include "sessiond/entry/enter_box.h"

namespace zomg::sessiond {

/// The process that goes into the box (enter_box.h), as the supervisor sees it.
class Entry {
 public:
  /// Forks it, ahead of time: it joins the box's cgroups of v1 at once, which is slow, and waits.
  static common::Result<Entry> start(const BoxProcess& box, const Cgroups& cgroups,
                                     const EntryOptions& options);

  /// Hands over the plan, with the session's control socket and the container's environment.
  common::Result<void> go(const messages::SessionPlan& plan, int control, int environment) const;

  /// Waits, up to limits::kEntryTimeout, until the user's program was executed. Its pid, a child of
  /// ours that is not reaped; or an Error (told() in blame.h).
  common::Result<pid_t> await_program();
  /// The master of the session's terminal, if it has one.
  common::Fd take_terminal_master() { return std::move(terminal_master_); }
  /// Whether the connection process may have been told of the session by now.
  bool handed_over() const { return handed_over_; }

  /// Ends the entry process where it still runs, and the one that waited in its place, and reaps them,
  /// unless they cannot end.
  void finish();

 private:
  Entry(common::Child child, ipc::Channel channel, common::Fd program_failure)
      : child_(std::move(child)),
        channel_(std::move(channel)),
        program_failure_(std::move(program_failure)) {}

  common::Child child_;
  common::Child born_;  ///< who enters in its place (birth.h)
  ipc::Channel channel_;
  common::Fd program_failure_;
  common::Fd terminal_master_;
  bool handed_over_ = true;
};

}  // namespace zomg::sessiond
