#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>

#include "common/base/fd.h"

namespace zomg::sessiond {

/// The namespaces that a process is in: user, mount, network, IPC, UTS, pid, cgroup, time. Each is
/// opened once and then named by its descriptor alone, so that it stays the same whatever the
/// process does. None is there of a kind that the kernel was built without.
class Namespaces {
 public:
  /// Those of the process whose /proc directory is `process`. An Error for one that has ended.
  static common::Result<Namespaces> open(int process);

  /// Whether the process whose /proc directory is `process` is in exactly these. An Error where
  /// that cannot be seen.
  common::Result<bool> are_of(int process) const;
  /// The same of one kind: CLONE_NEWNS and so on (namespaces(7)).
  common::Result<bool> shared_by(int process, int kind) const;
  /// All kinds of which it is in these, as flags.
  common::Result<std::uint32_t> shared_by(int process) const;

  /// setns(2), with no supplementary groups of ours left, into all but the pid namespace that the
  /// caller is not in yet, and sees that it is in them. `self` is its own /proc directory, of the
  /// host. It is root of the box then, and nothing in the box can see it.
  common::Result<void> enter(int self) const;
  /// Has children to come be in the pid namespace, and sees that they will.
  common::Result<void> enter_pid_namespace(int self) const;

 private:
  static constexpr std::size_t kKinds = 8;

  /// What tells a namespace from all others for as long as it is open (namespaces(7)).
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const Identity&) const = default;
  };
  struct Namespace {
    common::Fd fd;
    Identity identity;
  };

  static common::Result<Identity> identify(int process, const char* name);
  /// Whether that process is in the `index`th of them, by the link `name` of its ns directory.
  common::Result<bool> is_of(int process, std::size_t index, const char* name) const;

  std::array<Namespace, kKinds> namespaces_;
};

}  // namespace zomg::sessiond
