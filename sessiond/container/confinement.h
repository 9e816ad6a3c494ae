#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "sessiond/container/id_map.h"

namespace zomg::sessiond {

/// Whom a process is in the box.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
};

/// What the container's own process may do, as /proc/PID/status shows it (proc(5)): capability sets
/// as bit masks, no_new_privs, seccomp, user, and supplementary groups.
struct Confinement {
  Identity identity;
  std::uint64_t inheritable = 0;
  std::uint64_t permitted = 0;
  std::uint64_t effective = 0;
  std::uint64_t bounding = 0;
  std::uint64_t ambient = 0;
  bool no_new_privileges = false;
  bool filtered = false;  ///< by seccomp
  /// Whether it is the first process of its pid namespace, so that no other container is in there.
  bool own_pid_namespace = false;
  std::vector<gid_t> groups;
  /// user_namespaces(7) /proc/PID/setgroups: no process of its user namespace may set groups.
  bool groups_denied = false;

  /// Whether loading a seccomp filter takes a capability that the session does not have.
  bool filter_needs_privilege() const;
  /// Whether a process of the box could trace one that is not dumpable and has more capabilities.
  bool may_trace() const;
};

/// Parses the text of /proc/PID/status.
common::Result<Confinement> parse_confinement(std::string_view status);

/// Puts the ids of a user namespace in the place of those outside of it. A group that is none there
/// is left out, a user that is none an Error.
common::Result<void> enter_id_maps(const IdMap& users, const IdMap& groups,
                                   Confinement& confinement);

/// Takes on `identity` and then exactly this confinement, but for the seccomp filter. A program
/// that is executed next has no more than the container's process. With `keep_filter_privilege`
/// CAP_SYS_ADMIN stays until drop_filter_privilege(), or until a program is executed.
common::Result<void> apply_confinement(const Confinement& confinement, const Identity& identity,
                                       bool keep_filter_privilege);

/// The rest of apply_confinement(), one capset(2). Async-signal-safe.
bool drop_filter_privilege(const Confinement& confinement);

/// Gives up every capability, and with no_new_privs the way to get one back.
common::Result<void> drop_all_privileges();

}  // namespace zomg::sessiond
