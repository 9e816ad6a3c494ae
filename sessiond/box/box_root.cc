#include "sessiond/box/box_root.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "common/sandbox/counted_apart.h"

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Failure;
using common::Fd;
using common::Result;

int open_without_links(int directory, const char* path, int flags, std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = resolve | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof(how)));
}

Result<void> bind(const char* source, int target) {
  const Fd tree(::open_tree(AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
  if (!tree) return errno_error("open_tree {}", source);
  if (::move_mount(tree.get(), "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) !=
      0) {
    return errno_error("move_mount {}", source);
  }
  return {};
}

/// A box can put anything at dev/pts/ptmx; a master of a real devpts answers to all of these.
Result<void> check_terminal(int fd) {
  struct stat status {};
  struct statfs file_system {};
  unsigned number = 0;
  if (::fstat(fd, &status) != 0 || ::fstatfs(fd, &file_system) != 0) return errno_error("ptmx");
  if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(5, 2) ||
      file_system.f_type != DEVPTS_SUPER_MAGIC || ::ioctl(fd, TIOCGPTN, &number) != 0) {
    return common::error("ptmx is no pseudo-terminal multiplexer");
  }
  return {};
}

}  // namespace

Result<BoxRoot> BoxRoot::open(const std::string& path, int descriptors) {
  Fd directory(open_without_links(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY, 0));
  if (!directory) {
    const bool missing = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
    return errno_error("{} in the box", path)
        .as(missing ? Failure::kNoChrootDirectory : Failure::kBoxHindered);
  }
  return BoxRoot(path, descriptors, std::move(directory));
}

Result<Fd> BoxRoot::open_below(const char* path, int flags) const {
  Fd fd(open_without_links(directory_.get(), path, flags, RESOLVE_BENEATH));
  if (!fd) return errno_error("{} in the box", path);
  return fd;
}

bool BoxRoot::has_file_system(const char* path, long magic) const {
  const auto directory = open_below(path, O_PATH | O_DIRECTORY);
  struct statfs file_system {};
  return directory && ::fstatfs(directory->get(), &file_system) == 0 && file_system.f_type == magic;
}

Result<void> BoxRoot::mount_kernel_file_systems() {
  const bool proc_missing = !has_file_system("proc", PROC_SUPER_MAGIC);
  const bool pts_missing = !has_file_system("dev/pts", DEVPTS_SUPER_MAGIC);
  if (!proc_missing && !pts_missing) return {};
  if (auto unshared = sandbox::unshare_apart(CLONE_NEWNS); !unshared) return unshared;
  // What the kubelet mounts into the container later still comes through; nothing goes back.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return errno_error("make the mounts slaves");
  }
  // The directory of the new namespace: the one that is open belongs to the container's.
  auto reopened = open(path_, descriptors_);
  if (!reopened) return reopened.error();
  directory_ = std::move(reopened->directory_);
  if (proc_missing) {
    if (const auto target = open_below("proc", O_PATH | O_DIRECTORY)) {
      if (auto bound = bind("/proc", target->get()); !bound) return bound;
    }
  }
  if (pts_missing) {
    if (const auto target = open_below("dev", O_PATH | O_DIRECTORY)) {
      if (auto bound = bind("/dev", target->get()); !bound) return bound;
    }
  }
  return {};
}

Result<Fd> BoxRoot::open_terminal() const {
  // Looked at before it is opened for reading: to open a fifo or a device has effects.
  const auto found = open_below("dev/pts/ptmx", O_PATH);
  if (!found) return found.error();
  struct stat status {};
  if (::fstat(found->get(), &status) != 0) return errno_error("ptmx");
  if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(5, 2)) {
    return common::error("ptmx is no pseudo-terminal multiplexer");
  }
  // What was looked at, not what the box may have put there since.
  Fd master(::openat(descriptors_, std::to_string(found->get()).c_str(),
                     O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!master) return errno_error("ptmx");
  if (auto checked = check_terminal(master.get()); !checked) return checked.error();
  int unlocked = 0;
  if (::ioctl(master.get(), TIOCSPTLCK, &unlocked) != 0) return errno_error("TIOCSPTLCK");
  return master;
}

Result<void> BoxRoot::enter() const {
  if (::fchdir(directory_.get()) != 0) return errno_error("fchdir");
  if (::chroot(".") != 0) return errno_error("chroot");
  return {};
}

}  // namespace zomg::sessiond
