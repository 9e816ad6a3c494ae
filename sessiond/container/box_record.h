#pragma once

#include "sessiond/container/box_state.h"

namespace zomg::sessiond {

/// What a session may have: the less of what the runtime recorded of the container and of what the
/// kernel shows of its first process, which belongs to the box. An Error where the kernel shows
/// more than was recorded, or what a session could not take on: then that process is not what the
/// runtime started, or not only. `filtered` is whether the runtime gave it a seccomp filter.
common::Result<BoxState> narrow(const messages::ContainerRecord& record, bool filtered,
                                BoxState state);

/// The group of a session whose user has `group` by the box's files: that, or the recorded one where
/// nothing in the box could take it on, for want of CAP_SETGID.
gid_t held_group(const messages::ContainerRecord& record, gid_t group, const BoxState& state);

/// Puts `groups`, those of a user whom the operator named, in the place of the container's. Which they
/// are is for the box's files to say, as its uid is. Where nothing in the box could take them on only
/// those that are recorded; and none that is no group in the box.
void take_on_groups(const messages::ContainerRecord& record, const std::vector<gid_t>& groups,
                    BoxState& state);

}  // namespace zomg::sessiond
