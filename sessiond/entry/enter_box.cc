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

/// Logs the error, and gives what the user is told of it. That the client has left, or what the box lacks, is
/// for the supervisor to log.
Failure not_entered(const common::Error& error) {
  const int cause = error.errno_value;
  if (cause != EPIPE && cause != ECONNRESET && !error.message.empty()) {
    log::warning("{}", error.message);
  }
  return told(error);
}

/// What the user's program is made of, once this process is in the box.
struct Inside {
  BoxState state;
  SessionStreams streams;
  Invocation invocation;
  Identity identity;
};

/// What takes the host's /proc, or capabilities in the host's user namespace. `self` is our own
/// directory of that /proc.
Result<BoxState> take_on_what_the_host_gives(const BoxProcess& box, const EntryOptions& options,
                                             int self) {
  auto found = read_box_state(box, self);
  if (!found) return found;
  auto state = narrow(options.record, options.filter.has_value(), std::move(*found));
  if (!state) return state.error().as(Failure::kBoxNotAsRecorded);
  raise_hard_limits(state->limits);
  if (auto taken = take_on_oom_score(state->oom_score_adj); !taken) {
    return blamed(Step::kHost, taken.error());
  }
  if (auto taken = take_on_labels(state->labels); !taken) {
    return blamed(Step::kHost, taken.error());
  }
  return state;
}

Result<BoxRoot> open_root(const std::string& path, int descriptors) {
  auto root = BoxRoot::open(path, descriptors);
  if (!root) return root;
  if (auto mounted = root->mount_kernel_file_systems(); !mounted) {
    return mounted.error().as(Failure::kBoxHindered);
  }
  return root;
}

/// Before the streams are handed over: a gateway that has less than the box may try another way. But
/// for one capability, as the kernel bounds the descriptors that others may have on their way.
Result<void> confine(const BoxProcess& box, int self, const BoxRoot& root,
                     const Confinement& confinement, const Identity& identity) {
  if (auto entered = root.enter(); !entered) return entered.error().as(Failure::kBoxHindered);
  if (auto entered = box.namespaces().enter_pid_namespace(self); !entered) {
    return entered.error().as(Failure::kBoxHindered);
  }
  if (auto applied = apply_confinement(confinement, identity, true); !applied) {
    return blamed(Step::kConfinement, applied.error());
  }
  // As the session's user, whose quota it counts against, and before a filter that may refuse it.
  if (auto joined = sandbox::join_own_keyring(); !joined) {
    return blamed(Step::kKeyring, joined.error());
  }
  return {};
}

/// One session's way into the box, up to where the connection process hears of it. An Error says what
/// the user is told.
Result<Inside> go_inside(const BoxProcess& box, const EntryOptions& options, const Job& job,
                         const ipc::Channel& supervisor) {
  const Fd self(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const Fd descriptors(::openat(self.get(), "fd", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!descriptors) return blamed(Step::kHost, common::errno_error("/proc/self/fd"));
  auto state = take_on_what_the_host_gives(box, options, self.get());
  if (!state) return state.error();
  if (auto entered = box.namespaces().enter(self.get()); !entered) {
    return blamed(Step::kNamespaces, entered.error());
  }
  auto root = open_root(options.chroot_directory, descriptors.get());
  if (!root) return root.error();
  const bool terminal = job.plan.terminal;
  auto streams = SessionStreams::make(*root, terminal);
  if (!streams) {
    return streams.error().as(terminal ? Failure::kNoTerminal : Failure::kBoxHindered);
  }
  auto invocation = probe_box(*root, {job.plan, options.user, state->confinement.identity,
                                      job.environment.get(), streams->terminal_path()});
  if (!invocation) return blamed(Step::kFork, invocation.error());
  if (invocation->failure != Failure::kNone) return common::Error{"", 0, invocation->failure};
  const Identity identity{invocation->uid, held_group(options.record, invocation->gid, *state)};
  if (invocation->own_groups) take_on_groups(options.record, invocation->groups.value, *state);
  // As the box's root still.
  if (auto given = streams->give_to(identity); !given) {
    return given.error().as(Failure::kBoxHindered);
  }
  auto confined = confine(box, self.get(), *root, state->confinement, identity);
  if (!confined) return confined.error();
  if (terminal) {
    auto sent = supervisor.send(EntryTerminal{}, {streams->terminal_master()});
    if (!sent) return sent.error().as(Failure::kBoxHindered);
  }
  return Inside{std::move(*state), std::move(*streams), std::move(*invocation), identity};
}

/// The privilege that loads the filter must not be seen where it could be taken over: then the filter
/// comes before the program's process does, and has to let that be made. Whether it is loaded now.
Result<bool> finish_confinement(const EntryOptions& options, const Confinement& confinement) {
  const bool privileged = options.filter && confinement.filter_needs_privilege();
  if (privileged && !confinement.may_trace()) return false;
  if (privileged && !options.filter->load()) {
    return common::errno_error("load the seccomp filter").as(Failure::kNotConfined);
  }
  if (!drop_filter_privilege(confinement)) {
    return common::errno_error("capset").as(Failure::kNotConfined);
  }
  return privileged;
}

/// The user's program, in the end; does not return in it. `late_filter` is what it still has to load.
Result<pid_t> start_program(const Inside& inside, mode_t umask, const SeccompFilter* late_filter,
                            const ipc::Channel& supervisor, const Fd& program_failure) {
  // What the program's process has open is all that the box could ever get at: nothing of the
  // host, and not the gateway's log, so from here on nothing is logged.
  if (!inside.streams.install() ||
      !common::close_all_but({supervisor.fd(), program_failure.get()})) {
    return common::errno_error("install the session's streams");
  }
  const pid_t pid = fork_sibling();
  if (pid < 0) return common::errno_error("clone");
  if (pid > 0) return pid;
  const Failure failure = become_program({inside.invocation, inside.streams, inside.state.limits,
                                          inside.state.confinement, umask, late_filter});
  const auto code = static_cast<std::uint32_t>(failure);
  [[maybe_unused]] const ssize_t written = ::write(program_failure.get(), &code, sizeof(code));
  ::_exit(0);
}

/// Has this process be in all of the box's cgroups, and like any other there.
Result<void> settle(const BoxProcess& box, const Cgroups& cgroups, const ipc::Channel& supervisor) {
  if (cgroups.only_unified()) {
    if (auto born = be_born_in_box(box, cgroups, supervisor); !born) {
      return blamed(Step::kCgroupBirth, born.error());
    }
  }
  // In the box's cpuset, with the host's /proc and capabilities.
  if (auto reset = sandbox::reset_session_attributes(); !reset) {
    return blamed(Step::kHost, reset.error());
  }
  return {};
}

EntryReport enter(const BoxProcess& box, const Cgroups& cgroups, const EntryOptions& options,
                  const Job& job, const ipc::Channel& supervisor, const Fd& program_failure) {
  if (auto settled = settle(box, cgroups, supervisor); !settled)
    return {not_entered(settled.error())};
  const auto inside = go_inside(box, options, job, supervisor);
  if (!inside) return {not_entered(inside.error())};
  // From here on it is too late for another way in.
  constexpr bool kHandedOver = true;
  if (auto handed = inside->streams.hand_over(job.control); !handed) {
    return {not_entered(handed.error().as(Failure::kGatewayFailed)), 0, kHandedOver};
  }
  const auto loaded = finish_confinement(options, inside->state.confinement);
  if (!loaded) return {not_entered(loaded.error()), 0, kHandedOver};
  const bool late = options.filter && !*loaded;
  const auto pid = start_program(*inside, options.umask, late ? &*options.filter : nullptr,
                                 supervisor, program_failure);
  if (!pid) return {blame(Step::kFork, pid.error()), 0, kHandedOver};
  return {Failure::kNone, *pid, kHandedOver};
}

}  // namespace

[[noreturn]] void enter_box(const BoxProcess& box, const Cgroups& cgroups,
                            const EntryOptions& options, ipc::Channel supervisor,
                            Fd program_failure) {
  const auto joined = cgroups.join();
  auto job = receive_job(supervisor);
  if (!job) ::_exit(0);  // no session came
  const EntryReport report =
      joined ? enter(box, cgroups, options, *job, supervisor, program_failure)
             : EntryReport{not_entered(blamed(Step::kCgroupJoin, joined.error()))};
  (void)supervisor.send(report).has_value();
  ::_exit(0);
}

}  // namespace zomg::sessiond
