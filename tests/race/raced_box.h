#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "common/base/fd.h"

namespace zomg::race {

/// What the first process of a box does to itself when it is told to; or, at the end, what is done to
/// it.
enum class Change : std::uint8_t {
  kUserNamespace,        ///< unshare(2); as nobody, with the gateway's capabilities
  kMappedUserNamespace,  ///< and as root
  kOtherNamespaces,      ///< all that CAP_SYS_ADMIN allows
  kNextPidNamespace,     ///< for its children to come
  kDropCapabilities,
  kRaiseAmbient,
  kRoot,   ///< chroot(2)
  kPivot,  ///< pivot_root(2)
  kLowerLimits,
  kRaiseLimits,
  kLowerOomScore,
  kRaiseOomScore,
  kUser,
  kNoNewPrivileges,
  kSeccompFilter,
  kExecutable,
  kDeath,
  kCgroup,  ///< from outside
};

/// How a box is made, and what is recorded of it.
struct BoxOptions {
  /// Of its bounding, permitted and effective sets; the others are empty.
  std::uint64_t capabilities = 0xa80425fb;
  bool user_namespace = false;
  rlimit files{256, 512};
  int oom_score_adj = 300;
  /// Processes that its pod may have; 0: as many as it likes. In cgroup v1.
  int processes = 0;
};

/// A box without a runtime: namespaces, a cgroup of v2 and a root of its own, and a first process
/// that changes when it is told to. Leaves nothing.
class RacedBox {
 public:
  /// Whether this machine lets one be made here: it takes root, and cgroup v2.
  static bool possible();

  explicit RacedBox(const BoxOptions& options);
  RacedBox(const RacedBox&) = delete;
  RacedBox& operator=(const RacedBox&) = delete;
  ~RacedBox();

  pid_t pid() const { return pid_; }
  const std::string& id() const { return id_; }
  /// The directory of its cgroup, and its path in the hierarchy.
  const std::string& cgroup() const { return cgroup_; }
  std::string cgroup_path() const;

  /// Has it done before it returns. False where it cannot be.
  bool change(Change change);

 private:
  bool move_to_another_cgroup() const;

  std::string id_;
  std::string parent_;
  std::string cgroup_;
  std::string pids_cgroup_;  ///< of v1; empty: none
  common::Fd orders_;
  pid_t pid_ = -1;
};

/// A namespace of a process, as its link in /proc/PID/ns shows it; empty where it cannot be seen.
std::string namespace_of(pid_t pid, const char* kind);

}  // namespace zomg::race
