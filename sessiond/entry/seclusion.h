#pragma once

#include "common/base/fd.h"
#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::sessiond {

/// Leaves the host's network, mounts, IPC and UTS namespaces for empty ones, becomes `account`, and
/// keeps CAP_KILL alone: a supervisor needs no more. Before there is a program, as this may fail: a box
/// can use up what its user may have of namespaces on the whole host. The list of processes that the
/// supervisor hangs up from (sandbox::open_processes()).
common::Result<common::Fd> seclude(const sandbox::Account& account);

}  // namespace zomg::sessiond
