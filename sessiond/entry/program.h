#pragma once

#include "common/base/fd.h"
#include "sessiond/box/invocation.h"
#include "sessiond/container/confinement.h"
#include "sessiond/container/resource_limits.h"
#include "sessiond/container/seccomp_filter.h"
#include "sessiond/entry/session_streams.h"

namespace zomg::sessiond {

/// What the user's program still has to take on between its fork and its exec.
struct ProgramStart {
  const Invocation& invocation;
  const SessionStreams& streams;
  const ResourceLimits& limits;
  const Confinement& confinement;
  mode_t umask;
  const SeccompFilter* filter;  ///< null: there is none, or it is loaded already
};

/// Becomes the user's program, in a session of its own. To be called in a forked child that has the
/// streams as 0, 1 and 2 and is confined but for the filter, which is loaded last. Returns only
/// when it cannot be executed, with the reason.
common::Failure become_program(const ProgramStart& start);

}  // namespace zomg::sessiond
