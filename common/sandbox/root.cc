#include "common/sandbox/root.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "common/base/fd.h"
#include "common/base/io/bytes.h"
#include "common/sandbox/counted_apart.h"

namespace zomg::sandbox {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

/// MS_PRIVATE and MNT_DETACH, from the header that cannot be included here.
constexpr std::uint64_t kMsPrivate = 1 << 18;
constexpr int kMntDetach = 2;

// glibc 2.36 declares these in <sys/mount.h>, whose MS_ enumerators clash with <linux/mount.h>.
int sys_fsopen(const char* type) {
  return static_cast<int>(::syscall(SYS_fsopen, type, FSOPEN_CLOEXEC));
}
int sys_fsmount(int fs, unsigned attributes) {
  return static_cast<int>(::syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes));
}
int sys_set_read_only(int mount) {
  mount_attr attributes{};
  attributes.attr_set =
      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  return static_cast<int>(::syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | AT_RECURSIVE,
                                    &attributes, sizeof(attributes)));
}

int sys_make_private() {
  mount_attr attributes{};
  attributes.propagation = kMsPrivate;
  return static_cast<int>(
      ::syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attributes, sizeof(attributes)));
}

int sys_detach_here() {
  return static_cast<int>(::syscall(SYS_umount2, ".", kMntDetach));
}

/// A file system with one option, that is mounted nowhere.
Result<Fd> make_detached(const char* type, const char* option, const char* value,
                         unsigned attributes = 0) {
  const Fd fs(sys_fsopen(type));
  if (!fs) return errno_error("fsopen {}", type);
  if (::syscall(SYS_fsconfig, fs.get(), FSCONFIG_SET_STRING, option, value, 0) != 0 ||
      ::syscall(SYS_fsconfig, fs.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return errno_error("fsconfig {}", type);
  }
  Fd mount(
      sys_fsmount(fs.get(), attributes | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  if (!mount) return errno_error("fsmount {}", type);
  return mount;
}

Result<void> make_directories(int root, const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    if (::mkdirat(root, path.substr(1, slash - 1).c_str(), 0555) != 0 && errno != EEXIST) {
      return errno_error("mkdir {}", path);
    }
  }
  if (::mkdirat(root, path.c_str() + 1, 0555) != 0 && errno != EEXIST) {
    return errno_error("mkdir {}", path);
  }
  return {};
}

Result<void> make_file(int root, const RootFile& file) {
  const std::string directory = file.path.substr(0, file.path.rfind('/'));
  if (!directory.empty()) {
    if (auto made = make_directories(root, directory); !made) return made;
  }
  const mode_t mode = file.owner == 0 ? 0444 : 0400;
  const Fd fd(::openat(root, file.path.c_str() + 1, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!fd) return errno_error("make {}", file.path);
  if (auto written = common::write_all(fd.get(), file.content); !written) {
    return written.error().with_context(file.path);
  }
  if (file.owner != 0 && ::fchown(fd.get(), file.owner, static_cast<gid_t>(-1)) != 0) {
    return errno_error("fchown {}", file.path);
  }
  return {};
}

Result<void> bind_directory(int root, const std::string& path) {
  // Not AT_RECURSIVE: below a container runtime's directory lie the mounts of every container.
  const Fd tree(static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (!tree) {
    if (errno == ENOENT) return {};
    return errno_error("open_tree {}", path);
  }
  if (sys_set_read_only(tree.get()) != 0) return errno_error("mount_setattr {}", path);
  if (auto made = make_directories(root, path); !made) return made;
  if (::syscall(SYS_move_mount, tree.get(), "", root, path.c_str() + 1, MOVE_MOUNT_F_EMPTY_PATH) !=
      0) {
    return errno_error("move_mount {}", path);
  }
  return {};
}

/// Moves into `root`, a mount of our namespace, and lets go of the old root. A copy of the host's
/// mounts that stayed would keep volumes busy which the host has unmounted long since.
Result<void> enter(int root) {
  if (::fchdir(root) != 0) return errno_error("fchdir to the new root");
  // pivot_root(2), "pivot_root(".", ".")": the old root ends up on top, at the working directory.
  if (::syscall(SYS_pivot_root, ".", ".") == 0) {
    if (sys_detach_here() != 0) return errno_error("umount2 the old root");
  } else if (errno != EINVAL) {  // an initramfs as root cannot be left, only covered
    return errno_error("pivot_root");
  }
  if (::chroot(".") != 0) return errno_error("chroot");
  return {};
}

}  // namespace

Result<void> enter_empty_root() {
#ifdef ZOMG_SANITIZED
  return {};
#else
  return enter_root_with({});
#endif
}

Result<void> enter_root_with(const std::vector<std::string>& directories,
                             const std::vector<RootFile>& files) {
  auto unshared = unshare_apart(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS);
  if (!unshared) return unshared;
  // Before any mount: a shared root would carry it back to the host.
  if (sys_make_private() != 0) return errno_error("mount_setattr private");
  auto root = make_detached("tmpfs", "mode", "0555");
  if (!root) return root.error();
  // Over the old root, which our own root directory still is: paths lead there until enter().
  if (::syscall(SYS_move_mount, root->get(), "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return errno_error("move_mount the new root");
  }
  for (const std::string& directory : directories) {
    if (auto bound = bind_directory(root->get(), directory); !bound) return bound;
  }
#ifdef ZOMG_SANITIZED  // LeakSanitizer looks there for the threads of a process
  if (auto bound = bind_directory(root->get(), "/proc"); !bound) return bound;
#endif
  for (const RootFile& file : files) {
    if (auto made = make_file(root->get(), file); !made) return made;
  }
  if (auto entered = enter(root->get()); !entered) return entered;
  if (sys_set_read_only(root->get()) != 0) return errno_error("mount_setattr");
  return {};
}

Result<Fd> open_detached(const std::string& path) {
  Fd tree(static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (!tree) return errno_error("open_tree {}", path);
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (::syscall(SYS_mount_setattr, tree.get(), "", AT_EMPTY_PATH, &attributes,
                sizeof(attributes)) != 0) {
    return errno_error("mount_setattr {}", path);
  }
  return tree;
}

Result<Fd> open_processes() {
  return make_detached("proc", "subset", "pid", MOUNT_ATTR_RDONLY);
}

Result<void> leave_network() {
  return unshare_apart(CLONE_NEWNET);
}

}  // namespace zomg::sandbox
