#include "sessiond/entry/enter_box.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <vector>

#include "common/base/log.h"
#include "common/sandbox/session_keyring.h"
#include "common/sandbox/task_attributes.h"
#include "sessiond/box/box_probe.h"
#include "sessiond/box/box_root.h"
#include "sessiond/container/blame.h"
#include "sessiond/container/box_record.h"
#include "sessiond/container/box_state.h"
#include "sessiond/container/oom_score.h"
#include "sessiond/entry/birth.h"
#include "sessiond/entry/program.h"
#include "sessiond/entry/session_streams.h"

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
  return Job{std::move(*plan), ipc::Channel(std::move(fds[0])), std::move(fds[1])};
}

Failure failed(Failure failure, const common::Error& error) {
  // Where the client has left, the supervisor says so.
  const int cause = error.errno_value;
  if (cause != EPIPE && cause != ECONNRESET) log::warning("{}", error.message);
  return failure;
}

Failure failed(Step step, const common::Error& error) {
  return failed(blame(step, error), error);
}

/// One session's way into the box, step by step; each leaves what the next one needs. A step that
/// fails says why to the log, and what the user is told.
class Entering {
 public:
  Entering(const BoxProcess& box, const EntryOptions& options, Job job,
           const ipc::Channel& supervisor, Fd program_failure)
      : box_(box),
        options_(options),
        job_(std::move(job)),
        supervisor_(supervisor),
        program_failure_(std::move(program_failure)) {}

  Failure enter() {
    for (const auto step :
         {&Entering::take_on_what_the_host_gives, &Entering::enter_namespaces, &Entering::open_root,
          &Entering::open_streams, &Entering::look_around, &Entering::give_streams,
          &Entering::confine, &Entering::hand_over_streams, &Entering::finish_confinement}) {
      if (const Failure failure = (this->*step)(); failure != Failure::kNone) return failure;
    }
    return Failure::kNone;
  }

  /// The user's program, in the end; does not return in it.
  Result<pid_t> start_program() {
    // What the program's process has open is all that the box could ever get at: nothing of the
    // host, and not the gateway's log, so from here on nothing is logged.
    if (!streams_->install() ||
        !common::close_all_but({supervisor_.fd(), program_failure_.get()})) {
      return common::errno_error("install the session's streams");
    }
    const pid_t pid = fork_sibling();
    if (pid < 0) return common::errno_error("clone");
    if (pid > 0) return pid;
    const bool late = options_.filter && !filter_loaded_;
    const Failure failure =
        become_program({*invocation_, *streams_, state_->limits, state_->confinement,
                        options_.umask, late ? &*options_.filter : nullptr});
    const auto code = static_cast<std::uint32_t>(failure);
    [[maybe_unused]] const ssize_t written = ::write(program_failure_.get(), &code, sizeof(code));
    ::_exit(0);
  }

  bool handed_over() const { return handed_over_; }

 private:
  /// What takes the host's /proc, or capabilities in the host's user namespace.
  Failure take_on_what_the_host_gives() {
    self_ = Fd(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
    descriptors_ = Fd(::openat(self_.get(), "fd", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!descriptors_) return failed(Step::kHost, common::errno_error("/proc/self/fd"));
    Failure failure = Failure::kNone;
    auto state = read_box_state(box_, self_.get(), failure);
    if (!state) return failed(failure, state.error());
    auto session = narrow(options_.record, options_.filter.has_value(), std::move(*state));
    if (!session) return failed(Failure::kBoxNotAsRecorded, session.error());
    state_.emplace(std::move(*session));
    raise_hard_limits(state_->limits);
    if (auto taken = take_on_oom_score(state_->oom_score_adj); !taken) {
      return failed(Step::kHost, taken.error());
    }
    if (auto taken = take_on_labels(state_->labels); !taken) {
      return failed(Step::kHost, taken.error());
    }
    return Failure::kNone;
  }

  Failure enter_namespaces() {
    if (auto entered = box_.namespaces().enter(self_.get()); !entered) {
      return failed(Step::kNamespaces, entered.error());
    }
    return Failure::kNone;
  }

  Failure open_root() {
    Failure failure = Failure::kNone;
    auto root = BoxRoot::open(options_.chroot_directory, descriptors_.get(), failure);
    if (!root) return failed(failure, root.error());
    root_.emplace(std::move(*root));
    if (auto mounted = root_->mount_kernel_file_systems(); !mounted) {
      return failed(Failure::kBoxHindered, mounted.error());
    }
    return Failure::kNone;
  }

  Failure open_streams() {
    auto streams = SessionStreams::make(*root_, job_.plan.terminal);
    if (!streams) {
      return failed(job_.plan.terminal ? Failure::kNoTerminal : Failure::kBoxHindered,
                    streams.error());
    }
    streams_.emplace(std::move(*streams));
    return Failure::kNone;
  }

  Failure look_around() {
    auto invocation = probe_box(*root_, {job_.plan, options_.user, state_->confinement.identity,
                                         job_.environment.get(), streams_->terminal_path()});
    if (!invocation) return failed(Step::kFork, invocation.error());
    if (invocation->failure != Failure::kNone) return invocation->failure;
    invocation_.emplace(std::move(*invocation));
    identity_ = {invocation_->uid, held_group(options_.record, invocation_->gid, *state_)};
    if (invocation_->own_groups)
      take_on_groups(options_.record, invocation_->groups.value, *state_);
    return Failure::kNone;
  }

  /// As the box's root still.
  Failure give_streams() {
    if (auto given = streams_->give_to(identity_); !given) {
      return failed(Failure::kBoxHindered, given.error());
    }
    return Failure::kNone;
  }

  /// Before the streams are handed over: a gateway that has less than the box may try another way. But
  /// for one capability, as the kernel bounds the descriptors that others may have on their way.
  Failure confine() {
    if (auto entered = root_->enter(); !entered) {
      return failed(Failure::kBoxHindered, entered.error());
    }
    if (auto entered = box_.namespaces().enter_pid_namespace(self_.get()); !entered) {
      return failed(Failure::kBoxHindered, entered.error());
    }
    if (auto applied = apply_confinement(state_->confinement, identity_, true); !applied) {
      return failed(Step::kConfinement, applied.error());
    }
    // As the session's user, whose quota it counts against, and before a filter that may refuse it.
    if (auto joined = sandbox::join_own_keyring(); !joined) {
      return failed(Step::kKeyring, joined.error());
    }
    return Failure::kNone;
  }

  Failure hand_over_streams() {
    if (const int master = streams_->terminal_master(); master >= 0) {
      if (auto sent = supervisor_.send(EntryTerminal{}, {master}); !sent) {
        return failed(Failure::kBoxHindered, sent.error());
      }
    }
    handed_over_ = true;
    if (auto handed = streams_->hand_over(job_.control); !handed) {
      return failed(Failure::kGatewayFailed, handed.error());
    }
    return Failure::kNone;
  }

  /// The privilege that loads the filter must not be seen where it could be taken over: then the filter
  /// comes before the program's process does, and has to let that be made.
  Failure finish_confinement() {
    const bool privileged = options_.filter && state_->confinement.filter_needs_privilege();
    if (privileged && !state_->confinement.may_trace()) return Failure::kNone;
    if (privileged) {
      if (!options_.filter->load()) {
        return failed(Failure::kNotConfined, common::errno_error("load the seccomp filter"));
      }
      filter_loaded_ = true;
    }
    if (!drop_filter_privilege(state_->confinement)) {
      return failed(Failure::kNotConfined, common::errno_error("capset"));
    }
    return Failure::kNone;
  }

  const BoxProcess& box_;
  const EntryOptions& options_;
  Job job_;
  const ipc::Channel& supervisor_;
  Fd program_failure_;
  Fd self_;  ///< our own directory of the host's /proc
  Fd descriptors_;
  std::optional<BoxState> state_;
  std::optional<BoxRoot> root_;
  std::optional<SessionStreams> streams_;
  std::optional<Invocation> invocation_;
  Identity identity_;
  bool filter_loaded_ = false;
  bool handed_over_ = false;
};

/// Has this process be in all of the box's cgroups, and like any other there.
Failure settle(const BoxProcess& box, const Cgroups& cgroups, const ipc::Channel& supervisor) {
  if (cgroups.only_unified()) {
    if (auto born = be_born_in_box(box, cgroups, supervisor); !born) {
      return failed(Step::kCgroupBirth, born.error());
    }
  }
  // In the box's cpuset, with the host's /proc and capabilities.
  if (auto reset = sandbox::reset_session_attributes(); !reset) {
    return failed(Step::kHost, reset.error());
  }
  return Failure::kNone;
}

}  // namespace

[[noreturn]] void enter_box(const BoxProcess& box, const Cgroups& cgroups,
                            const EntryOptions& options, ipc::Channel supervisor,
                            Fd program_failure) {
  const auto joined = cgroups.join();
  auto job = receive_job(supervisor);
  if (!job) ::_exit(0);  // no session came
  EntryReport report;
  report.failure =
      joined ? settle(box, cgroups, supervisor) : failed(Step::kCgroupJoin, joined.error());
  if (report.failure == Failure::kNone) {
    Entering entering(box, options, std::move(*job), supervisor, std::move(program_failure));
    report.failure = entering.enter();
    if (report.failure == Failure::kNone) {
      auto pid = entering.start_program();
      report.failure = pid ? Failure::kNone : blame(Step::kFork, pid.error());
      report.pid = pid ? *pid : 0;
    }
    report.handed_over = entering.handed_over();
  }
  (void)supervisor.send(report).has_value();
  ::_exit(0);
}

}  // namespace zomg::sessiond
