#pragma once

#include <sys/types.h>

#include <cstdint>
#include <tuple>

#include "common/base/result.h"
#include "common/ipc/channel.h"
#include "sessiond/box/invocation.h"
#include "sessiond/container/box_process.h"
#include "sessiond/container/cgroups.h"

namespace zomg::sessiond {

/// fork(2) with our parent as the child's parent, who is told of its end.
pid_t fork_sibling();

/// entry → supervisor: the pid of the process that enters the box in the place of the one that waited.
struct EntryBorn {
  static constexpr auto kType = EntryMessage::kEntryBorn;
  std::int32_t pid = 0;
  static auto fields(auto& self) { return std::tie(self.pid); }
};

/// Has a process that is born in the box's cgroup of v2 go on in the place of this one, as a child of
/// the same parent, which it tells. Returns there, and with an Error here; else this process ends.
/// While there is no session, so, nothing of ours is in a cgroup of the box's: nobody there could move
/// it, and while it is there the box can have no controllers below (cgroups(7), "no internal processes").
common::Result<void> be_born_in_box(const BoxProcess& box, const Cgroups& cgroups,
                                    const ipc::Channel& supervisor);

}  // namespace zomg::sessiond
