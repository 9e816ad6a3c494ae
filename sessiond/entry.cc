#include "sessiond/entry.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

#include "common/log.h"
#include "sessiond/box_root.h"
#include "sessiond/cgroups.h"
#include "sessiond/confinement.h"
#include "sessiond/namespaces.h"
#include "sessiond/program.h"
#include "sessiond/resource_limits.h"
#include "sessiond/session_streams.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using common::Fd;
using common::Result;

/// A plan with the descriptors that came with it.
struct Job {
  messages::SessionPlan plan;
  ipc::Channel control;
  Fd environment;
};

Result<Job> receive_job(const ipc::Channel& supervisor) {
  std::vector<Fd> fds;
  auto plan = supervisor.receive_message<messages::SessionPlan>(&fds);
  if (!plan) return plan.error();
  if (fds.size() != 2) return common::error("a plan with {} descriptors", fds.size());
  return Job{std::move(*plan), ipc::Channel(std::move(fds[0])), std::move(fds[1])};
}

Failure failed(Failure failure, const common::Error& error) {
  log::warning("{}", error.message);
  return failure;
}

/// fork(2) with our parent as the child's parent, so that the supervisor is told of its end.
pid_t fork_sibling() {
  clone_args args{};
  args.flags = CLONE_PARENT;
  return static_cast<pid_t>(::syscall(SYS_clone3, &args, sizeof(args)));
}

/// The forked child: the user's program from here on. One thread runs in it, so it may allocate.
[[noreturn]] void become_child(const Job& job, const BoxRoot& root, const SessionStreams& streams,
                               const Confinement& confinement, const ResourceLimits& limits,
                               const ipc::Channel& supervisor) {
  Failure failure = Failure::kEnterFailed;
  const std::string terminal = streams.terminal_path();
  // Every descriptor of ours is gone before the first byte of the box is read.
  if (::setsid() >= 0 && streams.install() && root.enter() &&
      common::close_all_but({job.environment.get(), supervisor.fd()}) &&
      apply_resource_limits(limits) && apply_confinement(confinement)) {
    failure = become_program(job.plan, job.environment.get(), terminal);
  }
  (void)supervisor.send(EntryReport{failure, 0}).has_value();
  ::_exit(0);
}

/// Enters the box and starts the program. On failure says why.
Failure enter(const BoxProcess& box, const std::string& chroot_directory, const Job& job,
              const ipc::Channel& supervisor) {
  if (auto entered = enter_namespaces(box); !entered) {
    return failed(Failure::kEnterFailed, entered.error());
  }
  const auto confinement = read_confinement(box);
  if (!confinement) return failed(Failure::kEnterFailed, confinement.error());
  const auto limits = read_resource_limits(box);
  if (!limits) return failed(Failure::kEnterFailed, limits.error());
  Failure failure = Failure::kNone;
  auto root = BoxRoot::open(chroot_directory, failure);
  if (!root) return failed(failure, root.error());
  if (auto mounted = root->mount_kernel_file_systems(); !mounted) {
    return failed(Failure::kEnterFailed, mounted.error());
  }
  const auto streams = SessionStreams::make(*root, job.plan.terminal);
  if (!streams) {
    return failed(job.plan.terminal ? Failure::kNoTerminal : Failure::kEnterFailed,
                  streams.error());
  }
  if (auto handed = streams->hand_over(job.control); !handed) {
    return failed(Failure::kGatewayFailed, handed.error());
  }
  const pid_t pid = fork_sibling();
  if (pid < 0) return failed(Failure::kEnterFailed, common::errno_error("clone3"));
  if (pid == 0) become_child(job, *root, *streams, *confinement, *limits, supervisor);
  (void)supervisor.send(EntryReport{Failure::kNone, pid}).has_value();
  return Failure::kNone;
}

[[noreturn]] void run(const BoxProcess& box, const std::string& chroot_directory,
                      const ipc::Channel& supervisor) {
  const auto joined = join_cgroups(box);
  auto job = receive_job(supervisor);
  if (!job) ::_exit(0);  // no session came
  Failure failure = Failure::kEnterFailed;
  if (joined) {
    failure = enter(box, chroot_directory, *job, supervisor);
  } else {
    log::warning("{}", joined.error().message);
  }
  if (failure != Failure::kNone) (void)supervisor.send(EntryReport{failure, 0}).has_value();
  ::_exit(0);
}

}  // namespace

Result<Entry> Entry::start(const BoxProcess& box, const std::string& chroot_directory) {
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  auto child = common::fork_child();
  if (!child) return child.error();
  if (!*child) {
    ends->first.reset();
    run(box, chroot_directory, ipc::Channel(std::move(ends->second)));
  }
  return Entry(std::move(*child), ipc::Channel(std::move(ends->first)));
}

Result<void> Entry::go(const messages::SessionPlan& plan, int control, int environment) const {
  return channel_.send(plan, {control, environment});
}

void Entry::finish() {
  child_.kill(SIGKILL);
  channel_.close();
  if (auto status = child_.wait(); !status) log::error("{}", status.error().message);
}

}  // namespace zomg::sessiond
