#pragma once

#include <string>

#include "common/base/failure.h"
#include "common/base/fd.h"

namespace zomg::sessiond {

/// The directory of the box that sessions are chrooted into, open. To be made in the box's mount
/// namespace.
class BoxRoot {
 public:
  /// Opens `path` (absolute; `/` for the container's own root). No component may be a symbolic
  /// link: the box could point one anywhere. An Error says what the user is told.
  /// `descriptors` is open on the calling process's /proc/PID/fd of the host and outlives this.
  static common::Result<BoxRoot> open(const std::string& path, int descriptors);

  /// Where /proc or /dev/pts is not mounted under the directory, binds the container's own /proc
  /// and /dev there, in a mount namespace of the calling process's own. The container's mounts stay
  /// as they are. A mount point that is missing is left out.
  common::Result<void> mount_kernel_file_systems();

  int fd() const { return directory_.get(); }

  /// Opens the multiplexer of the box's pseudo-terminals and returns a new master.
  common::Result<common::Fd> open_terminal() const;

  /// chroot(2) into it, and the root as the working directory.
  common::Result<void> enter() const;

 private:
  BoxRoot(std::string path, int descriptors, common::Fd directory)
      : path_(std::move(path)), descriptors_(descriptors), directory_(std::move(directory)) {}

  common::Result<common::Fd> open_below(const char* path, int flags) const;
  bool has_file_system(const char* path, long magic) const;

  std::string path_;
  int descriptors_;
  common::Fd directory_;
};

}  // namespace zomg::sessiond
