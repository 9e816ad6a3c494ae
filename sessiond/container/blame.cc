#include "sessiond/container/blame.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace zomg::sessiond {
namespace {

using common::Failure;

/// What a step fails as where the kernel gives one of these reasons: that it refuses the gateway a
/// privilege, or does not know the call.
struct Row {
  Step step;
  Failure failure;
  std::array<int, 4> gateways_own;
};

constexpr int kNone = -1;

/// Not there is the entry of the root and of the pid namespace. A box can have a file system refuse
/// the one, with any reason, and its first process can be in a user namespace that is not the one
/// of its pids; and a gateway that may not enter those has failed before.
constexpr std::array kTable{
    Row{Step::kFirstProcess, Failure::kNotAContainer, {EPERM, EACCES, ENOSYS, kNone}},
    // Into the box's cgroup of v2, too, where it has others of v1.
    Row{Step::kEntry, Failure::kEnterFailed, {EPERM, ENOSYS, kNone, kNone}},
    // Who may write the box's cgroups decides on their mode (EACCES) and their kind (EOPNOTSUPP,
    // EBUSY), and removes them (ENODEV).
    Row{Step::kCgroupBirth, Failure::kEnterFailed, {EPERM, ENOSYS, kNone, kNone}},
    Row{Step::kCgroupJoin, Failure::kNotConfined, {EPERM, EROFS, kNone, kNone}},
    Row{Step::kSeclusion, Failure::kEnterFailed, {EPERM, EACCES, ENOSYS, kNone}},
    Row{Step::kHost, Failure::kNotConfined, {EPERM, EACCES, ENOSYS, EROFS}},
    Row{Step::kBoxState, Failure::kNotConfined, {EPERM, EACCES, kNone, kNone}},
    // By the namespaces' own descriptors, with the host's capabilities: by no path of the box.
    Row{Step::kNamespaces, Failure::kEnterFailed, {EPERM, EACCES, ENOSYS, kNone}},
    Row{Step::kConfinement, Failure::kNotConfined, {EPERM, ENOSYS, kNone, kNone}},
    Row{Step::kKeyring, Failure::kNotConfined, {EPERM, EACCES, kNone, kNone}},
};

/// Processes, memory, descriptors of a process and of the host.
constexpr std::array kShortages{EAGAIN, ENOMEM, EMFILE, ENFILE};

}  // namespace

Failure blame(Step step, const common::Error& error) {
  // The gateway's pids.max, for one. A user can bring that about, too: it leads to no other way.
  if (step == Step::kEntry &&
      std::ranges::find(kShortages, error.errno_value) != kShortages.end()) {
    return Failure::kGatewayFailed;
  }
  // The box's pids.max, or a limit of its user.
  if ((step == Step::kCgroupBirth || step == Step::kFork) && error.errno_value == EAGAIN) {
    return Failure::kBoxOutOfProcesses;
  }
  for (const Row& row : kTable) {
    const auto& own = row.gateways_own;
    if (row.step == step && std::find(own.begin(), own.end(), error.errno_value) != own.end()) {
      return row.failure;
    }
  }
  return Failure::kBoxHindered;
}

common::Error blamed(Step step, const common::Error& error) {
  return error.as(blame(step, error));
}

Failure told(const common::Error& error) {
  return error.failure == Failure::kNone ? Failure::kBoxHindered : error.failure;
}

}  // namespace zomg::sessiond
