#include "monitor/base/resource_limits.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>

#include "common/base/limits.h"
#include "monitor/base/pids_limit.h"

namespace zomg::monitor {
namespace {

using common::errno_error;

constexpr rlim_t kMebibyte = 1024 * 1024;

struct Needed {
  __rlimit_resource_t resource;
  const char* name;
  rlim_t least;
  /// How systemd.exec(5) calls it.
  const char* directive;
};

/// What it takes to serve a few users. The programs themselves are some megabytes each.
constexpr std::array kNeeded{
    Needed{RLIMIT_NOFILE, "open files", 128, "LimitNOFILE"},
    Needed{RLIMIT_NPROC, "processes of an account", 64, "LimitNPROC"},
    Needed{RLIMIT_FSIZE, "bytes of a file", 64 * kMebibyte, "LimitFSIZE"},
    Needed{RLIMIT_AS, "bytes of address space", 512 * kMebibyte, "LimitAS"},
    Needed{RLIMIT_DATA, "bytes of data", 128 * kMebibyte, "LimitDATA"},
    Needed{RLIMIT_STACK, "bytes of stack", kMebibyte, "LimitSTACK"},
};

/// What the monitor, which has the most, opens before the first connection.
constexpr rlim_t kOwnDescriptors = 64;
/// For a connection: its channel, the box's process, and two files that came with the lookup; a channel and
/// a pidfd of the session that waits, and of what it is forked from. For a session: a channel and a pidfd of
/// its process, and a pidfd of a recorder's.
constexpr rlim_t kDescriptorsPerConnection = 8 + kSessionsPerConnection * 3;
/// The listener, of the same account as the connections.
constexpr rlim_t kOwnProcesses = 16;

/// Of pids.max: what the gateway has, threads included, before the first connection and for a moment.
/// Measured with every helper: 25, of which the resolver and the process for Kubernetes have 8 each and
/// two file readers 1 each. For a moment there are threads of libcurl that look a name up, and more file
/// readers on SIGHUP.
constexpr rlim_t kOwnTasks = 32;
constexpr rlim_t kLeastTasks = 64;
constexpr const char* kTasksDirective = "TasksMax= of a systemd unit, --pids-limit of a container";

/// A limit, and what it is used up by.
struct Bound {
  rlim_t value;
  rlim_t own;
  rlim_t each;
  std::string name;
  const char* directive;

  rlim_t connections() const { return (value - std::min(value, own)) / each; }
};

rlim_t hard_limit(__rlimit_resource_t resource) {
  rlimit limit{};
  return ::getrlimit(resource, &limit) == 0 ? limit.rlim_max : RLIM_INFINITY;
}

}  // namespace

ResourceLimits examine_resource_limits() {
  ResourceLimits limits;
  for (const Needed& needed : kNeeded) {
    const rlim_t hard = hard_limit(needed.resource);
    if (hard >= needed.least) continue;
    limits.too_low.push_back(common::error(
        "the hard limit of {} is {}; set at least {} ({}= of a systemd unit, --ulimit of a "
        "container, ulimit -H of a shell)",
        needed.name, hard, needed.least, needed.directive));
  }
  if (const rlim_t hard = hard_limit(RLIMIT_CPU); hard != RLIM_INFINITY) {
    limits.low.push_back(common::error(
        "the hard limit of CPU time is {} s, after which the kernel kills the gateway; set none "
        "(LimitCPU=infinity of a systemd unit)",
        hard));
  }
  std::vector<Bound> bounds{
      {hard_limit(RLIMIT_NOFILE), kOwnDescriptors, kDescriptorsPerConnection,
       "the hard limit of open files", "LimitNOFILE= of a systemd unit"},
      {hard_limit(RLIMIT_NPROC), kOwnProcesses, 1, "the hard limit of processes of an account",
       "LimitNPROC= of a systemd unit"}};
  if (const auto cgroup = lowest_pids_limit()) {
    bounds.push_back({cgroup->most, kOwnTasks, kTasksPerConnection, cgroup->file, kTasksDirective});
    limits.tasks = cgroup->most - std::min(cgroup->most, kOwnTasks);
    if (cgroup->most < kLeastTasks) {
      limits.too_low.push_back(common::error("{} is {}; set at least {} ({})", cgroup->file,
                                             cgroup->most, kLeastTasks, kTasksDirective));
    }
  }
  const Bound& lowest = *std::ranges::min_element(bounds, {}, &Bound::connections);
  const rlim_t most = std::min<rlim_t>(limits::kMaxConnections, lowest.connections());
  limits.connections = static_cast<std::size_t>(most);
  if (most < limits::kMaxConnections) {
    limits.low.push_back(
        common::error("{} connections at most, for {} is {}; {} would do for all {} ({})", most,
                      lowest.name, lowest.value, lowest.own + lowest.each * limits::kMaxConnections,
                      limits::kMaxConnections, lowest.directive));
  }
  return limits;
}

common::Result<void> raise_soft_limits() {
  for (const auto resource :
       {RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_CPU}) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) return errno_error("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(resource, &limit) != 0) return errno_error("setrlimit");
  }
  return {};
}

}  // namespace zomg::monitor
