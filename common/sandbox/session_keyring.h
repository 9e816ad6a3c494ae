#pragma once

#include "common/base/result.h"

namespace zomg::sandbox {

/// A process has the session keyring (keyrings(7)) of whoever started it, across fork and exec, and
/// with it all that the keyring has and links to: for a root of the host often root's own keys. A
/// kernel without keys has none to leave.

/// For the gateway, and all that it starts: leaves the keyring for an empty one that is sealed. No
/// process can find, read, add or change anything by it, nor open it again. It counts by a user of its
/// own, which is not used for anything else: /proc/key-users shows it to all.
common::Result<void> join_sealed_keyring();

/// For a session: leaves the keyring for an empty one of its own, which can be used by who has it and
/// by nobody else, whatever their account. It has no name, as by its name a program of any box
/// could join it. Where the account has used up its quota of keys, the keyring stays: the sealed one,
/// and the session has none to use.
common::Result<void> join_own_keyring();

}  // namespace zomg::sandbox
