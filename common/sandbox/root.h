#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "common/base/result.h"

namespace zomg::sandbox {

/// Moves the calling process into mount, IPC and UTS namespaces of its own whose root directory is
/// an empty, read-only file system, with no other mount left in it. Needs CAP_SYS_ADMIN and
/// CAP_SYS_CHROOT. Sanitized builds keep the host's root: their run-time library lies there.
common::Result<void> enter_empty_root();

/// A file to make in a root of one's own.
struct RootFile {
  std::string path;  ///< absolute
  std::string content;
  /// Root: everybody may read it; another: only that account.
  uid_t owner = 0;
};

/// As enter_empty_root(), but with the host's `directories` (absolute paths) bound at the same
/// paths, read-only, no devices, no set-user-ID, and without what is mounted below them, and with
/// `files`. A directory that does not exist is left out.
common::Result<void> enter_root_with(const std::vector<std::string>& directories,
                                     const std::vector<RootFile>& files = {});

/// The host's directory `path` as a mount of its own, mounted nowhere and without set-user-ID,
/// devices or programs: a descriptor to make and open files below, from which not even `..` leads
/// out. Needs CAP_SYS_ADMIN.
common::Result<common::Fd> open_detached(const std::string& path);

/// The processes of this pid namespace, as /proc has them, and nothing else of /proc: a descriptor to
/// open files below, mounted nowhere and read-only. Not even `..` leads out, and who may see which
/// process does not depend on how the host mounts its /proc (hidepid, proc(5)). Needs CAP_SYS_ADMIN.
common::Result<common::Fd> open_processes();

/// Leaves the host's network for a network namespace with nothing in it. Sockets that are open
/// already keep working.
common::Result<void> leave_network();

}  // namespace zomg::sandbox
