#pragma once

#include <sys/types.h>

#include <vector>

#include "common/base/result.h"

namespace zomg::sandbox {

/// An account that a process of ours runs as.
struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Turns the calling process, for good, into `account` with only `groups` beside it: capability
/// sets (bounding and ambient included) of nothing but `kept`, no_new_privs, not dumpable, no core
/// files. A real user id of its own (counted_apart.h) stays.
common::Result<void> become(const Account& account, const std::vector<gid_t>& groups = {},
                            const std::vector<int>& kept = {});

/// Gives up every capability for good, and what become() does besides changing the account: for root that
/// stays root.
common::Result<void> drop_capabilities();

/// What become() does besides changing the account, for a process that has no privilege to give up.
common::Result<void> set_no_new_privs();

/// prctl(2) PR_SET_DUMPABLE 0: no other process of the same uid can trace this one or open its
/// /proc files. Lost at exec and at a change of uid, so it is set again after each.
common::Result<void> forbid_tracing();

}  // namespace zomg::sandbox
