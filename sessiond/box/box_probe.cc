#include "sessiond/box/box_probe.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/base/child.h"
#include "common/base/fd.h"
#include "common/base/io/bytes.h"
#include "common/base/limits.h"
#include "sessiond/box/box_file.h"
#include "sessiond/box/group_file.h"
#include "sessiond/box/motd.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using common::Result;

/// HOME as runc and crun give it to a container whose variables do not name it: by the passwd file
/// that lies outside of the chroot. So programs of `kubectl exec` have it, too.
std::string runtime_home(int container_root, unsigned uid) {
  const auto user = find_passwd_entry(read_passwd(container_root), uid);
  return user ? user->home : "/";
}

Invocation look_around(const BoxProbeOrder& order, int container_root) {
  const auto user = choose_user(order.user, order.container, read_passwd());
  if (!user) {
    Invocation none;
    none.failure = Failure::kNoBoxUser;
    return none;
  }
  std::string environment =
      read_regular_file(order.environment, limits::kMaxContainerEnvironmentBytes);
  // In front, so that what the container says wins.
  if (user->home.empty()) {
    environment.insert(0, "HOME=" + runtime_home(container_root, order.container.uid) + '\0');
  }
  Invocation invocation = build_invocation(order.plan, *user, environment, order.terminal);
  if (has_own_groups(order.user, user->uid, order.container)) {
    invocation.own_groups = true;
    invocation.groups.value = find_groups(read_group_file(), user->name, user->gid);
  }
  if (order.plan.terminal && order.plan.kind == messages::SessionKind::kShell &&
      !order.plan.forced) {
    invocation.motd = std::string_view(read_motd());
  }
  return invocation;
}

/// The child. One thread runs in it, so it may allocate.
[[noreturn]] void probe(const BoxRoot& root, const BoxProbeOrder& order, int report) {
  Invocation invocation;
  invocation.failure = Failure::kBoxHindered;
  const common::Fd container_root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  // The entering process may be killed while the box lets us wait for a file.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && root.enter() &&
      common::close_all_but({order.environment, report, container_root.get()}) &&
      drop_all_privileges()) {
    invocation = look_around(order, container_root.get());
  }
  auto packet = ipc::encode(invocation);
  if (!packet) ::_exit(1);
  ::_exit(common::write_all(report, *packet) ? 0 : 1);
}

}  // namespace

Result<Invocation> probe_box(const BoxRoot& root, const BoxProbeOrder& order) {
  auto pipe = common::make_pipe();
  if (!pipe) return pipe.error();
  auto child = common::fork_child();
  if (!child) return child.error().with_context("the probe");
  if (!*child) probe(root, order, pipe->second.get());
  pipe->second.reset();
  auto report = common::read_all(pipe->first.get(), limits::kMaxInvocationBytes);
  child->kill(SIGKILL);
  if (auto ended = child->wait(); !ended) return ended.error();
  if (!report) return report.error().with_context("the probe");
  auto invocation = ipc::decode<Invocation>(*report);
  if (!invocation) return invocation.error().with_context("the probe");
  // What it says is the box's word, which must not decide on another way into the box.
  constexpr std::array kItsOwn{Failure::kNone, Failure::kNoBoxUser, Failure::kNoShell,
                               Failure::kNoSftpServer};
  if (std::find(kItsOwn.begin(), kItsOwn.end(), invocation->failure) == kItsOwn.end()) {
    invocation->failure = Failure::kBoxHindered;
  }
  return invocation;
}

}  // namespace zomg::sessiond
