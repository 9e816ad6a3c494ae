#pragma once

#include <string>

#include "common/base/failure.h"
#include "common/base/fd.h"
#include "common/messages/resolver.h"
#include "sessiond/container/namespaces.h"

namespace zomg::sessiond {

/// A container's first process: a pidfd that was checked, the process's /proc directory, which stays
/// that process's for as long as it lives, and the namespaces and cgroups that it was in when it was
/// checked. Nothing else is used to name it, and nothing of these is asked of it again: the box
/// decides what it says next.
class BoxProcess {
 public:
  /// Takes the process that `pidfd` refers to, if it is what `claim` says: its pid, the cgroup that
  /// the runtime made for the container, and a mount namespace that is neither ours nor the host's.
  /// An Error says what the user is told. Moves this process into the host's view (host_view.h), in
  /// which cgroups have their paths.
  static common::Result<BoxProcess> check(common::Fd pidfd, const messages::BoxClaim& claim);

  int pidfd() const { return pidfd_.get(); }
  /// Gives the pidfd away, all that is of use once the box was entered.
  common::Fd take_pidfd() { return std::move(pidfd_); }
  bool alive() const;
  const Namespaces& namespaces() const { return namespaces_; }
  /// Those of its namespaces that are the host's, as flags of clone(2).
  std::uint32_t host_namespaces() const { return host_namespaces_; }
  /// The text of its /proc/PID/cgroup, in the host's view.
  const std::string& cgroups() const { return cgroups_; }
  /// The text of one of its other /proc files, e.g. `limits`; an Error once it has ended. What was
  /// read counts once change() has found none after it.
  common::Result<std::string> read(const char* name) const;
  /// kNone while the process lives and is in its namespaces(); else kBoxStopped or kBoxChanged. A
  /// process does not come back into a user namespace that it left.
  common::Failure change() const;

 private:
  BoxProcess(common::Fd pidfd, common::Fd proc, Namespaces namespaces,
             std::uint32_t host_namespaces, std::string cgroups)
      : pidfd_(std::move(pidfd)),
        proc_(std::move(proc)),
        namespaces_(std::move(namespaces)),
        host_namespaces_(host_namespaces),
        cgroups_(std::move(cgroups)) {}

  common::Fd pidfd_;
  common::Fd proc_;
  Namespaces namespaces_;
  std::uint32_t host_namespaces_;
  std::string cgroups_;
};

/// The /proc directory of a process of the host: its first, or, where an init does not let itself
/// be looked at, the kernel's own. In a pod without the host's pid namespace it is one of the
/// pod's.
common::Result<common::Fd> open_host_process();

/// The text of `name` under the directory `directory`, up to 1 MiB.
common::Result<std::string> read_proc_file(int directory, const char* name);

}  // namespace zomg::sessiond
