#include "monitor/resource_limits.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>

#include "common/limits.h"

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
/// For a connection with one session: its channel, the box's process and what came with the lookup;
/// a channel and a pidfd of the session's process, of the next one and of a recorder's.
constexpr rlim_t kDescriptorsPerConnection = 8;
/// The listener, of the same account as the connections.
constexpr rlim_t kOwnProcesses = 16;

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
  const rlim_t files = hard_limit(RLIMIT_NOFILE);
  const rlim_t by_files = (files - std::min(files, kOwnDescriptors)) / kDescriptorsPerConnection;
  const rlim_t processes = hard_limit(RLIMIT_NPROC);
  const rlim_t by_processes = processes - std::min(processes, kOwnProcesses);
  const rlim_t most = std::min<rlim_t>(limits::kMaxConnections, std::min(by_files, by_processes));
  limits.connections = static_cast<std::size_t>(most);
  if (most < limits::kMaxConnections) {
    const bool of_files = by_files <= by_processes;
    limits.low.push_back(common::error(
        "{} connections at most, for the hard limit of {} is {}; {} would do for all {} ({}= of a "
        "systemd unit)",
        most, of_files ? "open files" : "processes of an account", of_files ? files : processes,
        of_files ? kOwnDescriptors + kDescriptorsPerConnection * limits::kMaxConnections
                 : kOwnProcesses + limits::kMaxConnections,
        limits::kMaxConnections, of_files ? "LimitNOFILE" : "LimitNPROC"));
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
