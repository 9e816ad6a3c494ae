#pragma once

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::sandbox {

/// Goes on in a child, as the first process of a pid namespace of its own: it, and what it starts,
/// can name no process but these. When it ends all of them do. Needs CAP_SYS_ADMIN, one thread, and
/// no_new_privs is set.
///
/// The caller stays behind, confined as `account`, for who started it: it passes SIGTERM on, and ends
/// as the child does. The child has to block SIGTERM beforehand, as the kernel sends the first process
/// of a namespace nothing that it does not wait for; and to call die_with_parent() when it has the
/// account that it will keep.
common::Result<void> enter_pid_namespace(const Account& account);

/// Has this process killed when its parent dies. Lost at a change of account.
common::Result<void> die_with_parent();

}  // namespace zomg::sandbox
