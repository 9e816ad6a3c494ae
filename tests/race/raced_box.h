#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>

#include "common/fd.h"

namespace zomg::race {

/// What the first process of a box does to itself when it is told to.
enum class Change : std::uint8_t {
  kNothing,
  kUserNamespace,        ///< unshare(2), and is nobody there
  kMappedUserNamespace,  ///< and is root there
  kOtherNamespaces,      ///< all that CAP_SYS_ADMIN allows
  kNextPidNamespace,     ///< for its children to come
  kDropCapabilities,
  kRaiseInheritable,
  kRoot,  ///< chroot(2)
  kPivot, ///< pivot_root(2)
  kLowerLimits,
  kUser,
  kNoNewPrivileges,
  kSeccompFilter,
  kExecutable,
  kDeath,
  // By the test, for a box cannot:
  kCgroup,
  kRaiseLimits,
  kOutOfMemoryScore,
};

struct BoxOptions {
  /// Of its bounding, permitted and effective sets; the others are empty.
  std::uint64_t capabilities = 0xa80425fb;
  bool user_namespace = false;
};

/// A box without a runtime: namespaces, a cgroup of v2 and a root of its own, and a first process
/// that changes when it is told to. Leaves nothing.
class RacedBox {
 public:
  explicit RacedBox(const BoxOptions& options);
  RacedBox(const RacedBox&) = delete;
  RacedBox& operator=(const RacedBox&) = delete;
  ~RacedBox();

  pid_t pid() const { return pid_; }
  const std::string& id() const { return id_; }
  /// The directory of its cgroup.
  const std::string& cgroup() const { return cgroup_; }

  /// Has it done before it returns. False where it cannot be.
  bool change(Change change);

 private:
  bool change_from_outside(Change change);

  std::string id_;
  std::string parent_;
  std::string cgroup_;
  common::Fd orders_;
  pid_t pid_ = -1;
};

/// Namespaces of a process by their kinds' names, as /proc/PID/ns shows them; empty where it cannot
/// be seen.
std::string namespace_of(pid_t pid, const char* kind);

}  // namespace zomg::race
