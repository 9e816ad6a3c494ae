#pragma once

#include <sys/types.h>

#include <cerrno>
#include <string>

#include "common/base/result.h"

namespace zomg::common {

/// ZOMG_SSH_STRICT_MODES.
enum class StrictModes : bool { kNo, kYes };

/// The errno_value of an Error that says who else could have written a file. No call that opens or
/// reads one fails so, but of a file system that wants it to count as the same (FUSE).
inline constexpr int kInsecure = EPERM;

/// Whether nobody but root, `owner` and this process's own user could have put there, or can change,
/// what was opened as the absolute `path`: it, and every directory on the way to it, belongs to one
/// of them and is not writable by group or others. As safe_path() of OpenSSH (StrictModes), and
/// further:
///   - the directories of symbolic links on the way count, too;
///   - a directory of root's with the sticky bit may be writable by all, as kubelet mounts volumes,
///     when what is used in it belongs to one of the three: nobody else can rename or remove that;
///   - what is found at the end of the path has to be the file that was opened. If it is not, for it
///     was replaced meanwhile, the Error's errno_value is ESTALE.
Result<void> check_secure_path(int fd, const std::string& path, uid_t owner = 0);

}  // namespace zomg::common
