#pragma once

#include <sys/types.h>

#include <functional>

#include "common/sandbox/identity.h"

namespace zomg::sandbox {

/// Much that the kernel hands out it counts by real user id, on the whole host: descriptors on their way
/// through a unix socket, processes, epoll watches, keys, pages of pipes. A box without a user namespace
/// can become any user that it knows the number of, root first of all, and use up what that user may have.
/// So a process of ours that needs any of it has a real user id that nobody else has. Who tries all numbers
/// finds it, in half an hour of a core (RLIMIT_NPROC 0, setresuid(2), and an execve(2) that is refused where
/// the number has a process); so one that meets a shortage takes another number, or ends and is started anew.
/// Effective, saved and file system user id, which decide what it may do, stay.

/// The first of the 2^28 numbers that are drawn from. No account and no user namespace has them:
/// systemd's UIDS-GIDS.md calls them unused.
inline constexpr uid_t kFirstOwnUser = 0x70000000;
inline constexpr uid_t kOwnUsers = 0x10000000;

/// Whether it is one of these numbers.
bool is_own_user(uid_t uid);

/// Makes the real user id of this process one of its own. Needs CAP_SETUID; where that is missing, or a
/// user namespace does not have the number, nothing changes, and its user is what it is counted by.
void count_apart();

/// Of a process that keeps CAP_SETUID, permitted at least: whoever found its number out, by trying all of
/// them, and used up what that may have, has it for naught. A send of descriptors or a fork that is refused
/// for it makes the process draw another, and is tried once more (common/base/count_remedy.h).
void count_apart_whenever_found();

/// The same as count_apart(), unless that was done, and the account that it is to become then: of the group
/// of `account`, but with its own number for a user all over. For who executes other programs once
/// no_new_privs is set: the kernel may make the real user id their effective one.
Account own_account(const Account& account);

/// Namespaces and inotify instances are counted by the effective user id of who makes them. This calls
/// `make` with one of its own, and with all capabilities that root has; it is root again afterwards. An
/// Error with the errno of a `make` that returned false.
common::Result<void> as_own_user(const std::function<bool()>& make);

/// unshare(2), counted apart.
common::Result<void> unshare_apart(int namespaces);

}  // namespace zomg::sandbox
