#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "common/base/failure.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"
#include "sessiond/box/invocation.h"
#include "sessiond/container/box_process.h"
#include "sessiond/container/cgroups.h"
#include "sessiond/container/seccomp_filter.h"

namespace zomg::sessiond {

/// entry → supervisor, on the channel between them: the pid of the user's program once it is about
/// to start, or why it does not.
struct EntryReport {
  static constexpr auto kType = EntryMessage::kEntryReport;
  common::Failure failure = common::Failure::kNone;
  /// In the gateway's pid namespace; 0 with a failure.
  std::int32_t pid = 0;
  /// Whether the connection process has its descriptors: then it is too late for another way in.
  bool handed_over = false;
  static auto fields(auto& self) { return std::tie(self.failure, self.pid, self.handed_over); }
};

/// entry → supervisor, before the report, of a session with a terminal. Carries its master: the
/// supervisor holds it so that the terminal does not hang up before the supervisor has seen who is
/// there.
struct EntryTerminal {
  static constexpr auto kType = EntryMessage::kEntryTerminal;
  static constexpr std::size_t kFds = 1;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

/// What is known of a session before its plan comes.
struct EntryOptions {
  messages::ContainerRecord record;
  std::string chroot_directory;
  messages::BoxUser user;
  mode_t umask = 022;
  std::optional<SeccompFilter> filter;
};

/// The life of an entry process. It joins the box's cgroups of v1 and waits for a plan. Then it is
/// born in that of v2 where it was not (birth.h), enters the namespaces, prepares the root, takes on
/// the container's confinement, and only then forks the user's program, as a child of the
/// supervisor: what is in the box's pid namespace has no more than the box has. The program writes a
/// common::Failure into `program_failure` when it cannot be executed.
[[noreturn]] void enter_box(const BoxProcess& box, const Cgroups& cgroups,
                            const EntryOptions& options, ipc::Channel supervisor,
                            common::Fd program_failure);

}  // namespace zomg::sessiond
