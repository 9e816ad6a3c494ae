#pragma once

#include "common/base/result.h"

namespace zomg::sandbox {

/// What a process has from whoever started it, across fork and exec, beside what it is confined by
/// and its descriptors: how it is scheduled, how its memory is dealt with, what becomes of its
/// signals. The table is in task_attributes.cc.

/// For the gateway as it starts: takes back what would make it, or a process of it, end, wait or be
/// weaker than it should be. How it is scheduled, and on which CPUs, is for who started it to say.
common::Result<void> reset_gateway_attributes();

/// For a session, before it gives up its privileges, and in the box's cpuset: makes all of them the
/// kernel's default, which is what a container's processes have. What takes a privilege that we lack
/// stays where it is less than the default, as a lower priority is. Signals are for the last moment.
common::Result<void> reset_session_attributes();

/// For a program before its exec: no signal is ignored or blocked. Async-signal-safe.
void reset_signals();

}  // namespace zomg::sandbox
