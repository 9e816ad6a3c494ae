#pragma once

#include <string>

#include "common/child.h"
#include "common/failure.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"
#include "sessiond/box_process.h"

namespace zomg::sessiond {

enum class EntryMessage : std::uint32_t { kEntryReport };

/// entry → supervisor, on the channel between them: the pid of the user's program once it is about
/// to start, or why it does not. The channel closes when the program was executed.
struct EntryReport {
  static constexpr auto kType = EntryMessage::kEntryReport;
  common::Failure failure = common::Failure::kNone;
  /// In the gateway's pid namespace; 0 with a failure.
  std::int32_t pid = 0;
  static auto fields(auto& self) { return std::tie(self.failure, self.pid); }
};

/// The process that goes into the box. It is forked ahead of time, joins the box's cgroups at once,
/// which is slow, and waits for a plan. Then it enters the namespaces, prepares the root, and forks
/// the user's program as a child of the supervisor.
class Entry {
 public:
  static common::Result<Entry> start(const BoxProcess& box, const std::string& chroot_directory);

  /// Hands over the plan, with the session's control socket and the container's environment.
  common::Result<void> go(const messages::SessionPlan& plan, int control, int environment) const;

  const ipc::Channel& channel() const { return channel_; }
  /// Ends the entry process where it still runs, and reaps it.
  void finish();

 private:
  Entry(common::Child child, ipc::Channel channel)
      : child_(std::move(child)), channel_(std::move(channel)) {}

  common::Child child_;
  ipc::Channel channel_;
};

}  // namespace zomg::sessiond
