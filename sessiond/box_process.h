#pragma once

#include <string>

#include "common/fd.h"
#include "common/messages/resolver.h"

namespace zomg::sessiond {

/// A container's first process: a pidfd that was checked, and the process's /proc directory, which
/// stays that process's for as long as it lives. Nothing else is used to name it.
class BoxProcess {
 public:
  /// Takes the process that `pidfd` refers to, if it is what `claim` says: its pid, the container's
  /// ID in its cgroup, and a mount namespace that is neither ours nor the host's.
  static common::Result<BoxProcess> check(common::Fd pidfd, const messages::BoxClaim& claim);

  int pidfd() const { return pidfd_.get(); }
  /// Gives the pidfd away, all that is of use once the box was entered.
  common::Fd take_pidfd() { return std::move(pidfd_); }
  bool alive() const;
  /// The text of one of its /proc files, e.g. `cgroup`; an Error once it has ended.
  common::Result<std::string> read(const char* name) const;
  /// Whether its namespace `name`, e.g. `mnt`, is another than ours. There is none of a kind that
  /// the kernel was built without.
  common::Result<bool> has_own_namespace(const char* name) const;

 private:
  BoxProcess(common::Fd pidfd, common::Fd proc)
      : pidfd_(std::move(pidfd)), proc_(std::move(proc)) {}

  common::Fd pidfd_;
  common::Fd proc_;
};

/// The /proc directory of a process of the host: its first, or, where an init does not let itself
/// be looked at, the kernel's own. In a pod without the host's pid namespace it is one of the
/// pod's.
common::Result<common::Fd> open_host_process();

/// The text of `name` under the directory `directory`, up to 1 MiB.
common::Result<std::string> read_proc_file(int directory, const char* name);

}  // namespace zomg::sessiond
