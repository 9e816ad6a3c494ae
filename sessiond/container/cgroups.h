#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sessiond/container/box_process.h"

namespace zomg::sessiond {

/// A cgroup of one hierarchy, by its directory (cgroups(7)).
struct Cgroup {
  bool v2 = false;
  bool freezer = false;  ///< it is where processes are frozen
  std::string directory;

  bool operator==(const Cgroup&) const = default;
};

/// The cgroups of the process whose /proc/PID/cgroup is `theirs` and that one whose text is `ours`
/// is not in, found through our /proc/PID/mountinfo, which is read from `mountinfo`. A hierarchy in
/// which they are elsewhere and that is not mounted here is an Error: the session would escape that
/// hierarchy's limits.
common::Result<std::vector<Cgroup>> find_cgroups(const std::string& theirs, const std::string& ours,
                                                 int mountinfo);

/// What leads from the cgroup of v2 in the text `checked` of a /proc/PID/cgroup down to the one in the
/// text `now`, as "/init"; empty where that is no descendant: only those are bounded by all that the
/// first is bounded by.
std::string unified_descent(const std::string& checked, const std::string& now);

/// The cgroups that a session has to be in, v1 and v2.
class Cgroups {
 public:
  static common::Result<Cgroups> of(const BoxProcess& box);

  /// Whether the box's processes are frozen: whoever joins is, too. Opens nothing.
  bool frozen() const;
  /// Whether there are none of v1 to join, but one of v2.
  bool only_unified() const;
  /// The directory of the cgroup of v2, or of what leads down from there, open for a process to be
  /// born in: no write to a cgroup.procs, which waits for every CPU, is needed. Empty where v2 has none
  /// to join.
  common::Result<common::Fd> open_unified(const std::string& descent = {}) const;
  /// Opens what join() writes to.
  common::Result<void> open_tasks();
  /// Moves the calling process into those of v1.
  common::Result<void> join() const;

 private:
  explicit Cgroups(std::vector<Cgroup> cgroups);

  std::vector<Cgroup> cgroups_;
  std::vector<common::Fd> freezers_;  ///< the files that say whether they are frozen
  std::vector<common::Fd> tasks_;     ///< of those of v1, to be moved by
};

}  // namespace zomg::sessiond
