#include "race/race.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <memory>
#include <sstream>

#include "common/base/check.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"
#include "race/registers.h"

namespace zomg::race {
namespace {

constexpr std::array kNamespaceKinds{"user", "mnt", "net", "ipc", "uts", "pid", "cgroup", "time"};
constexpr std::uint32_t kNobody = 65534;
/// What poll(2) calls.
#ifdef SYS_poll
constexpr long kPoll = SYS_poll;
#else
constexpr long kPoll = SYS_ppoll;
#endif

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

common::Fd memory(const char* name) {
  return common::Fd(::memfd_create(name, MFD_CLOEXEC));
}

messages::ContainerRecord record_of(const RacedBox& box, const BoxOptions& options) {
  messages::ContainerRecord record;
  record.cgroup = std::string_view(box.cgroup_path());
  record.bounding = record.permitted = record.effective = options.capabilities;
  record.limits.value = {{RLIMIT_NOFILE, options.files.rlim_cur, options.files.rlim_max}};
  record.has_oom_score_adj = true;
  record.oom_score_adj = options.oom_score_adj;
  record.namespaces =
      CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  if (options.user_namespace) {
    record.namespaces |= CLONE_NEWUSER;
    record.uids.value = record.gids.value = {{0, 100000, 65536}};
  }
  return record;
}

messages::SessionTarget target(const RacedBox& box, const BoxOptions& options) {
  messages::SessionTarget target;
  target.box.pid = box.pid();
  target.box.container_id = std::string_view(box.id());
  target.box.record = record_of(box, options);
  target.chroot_directory = std::string_view("/");
  target.uid = target.gid = kNobody;
  return target;
}

/// What sessiond told the monitor in the end.
void read_answer(const ipc::Channel& monitor, Outcome& outcome) {
  for (auto packet = monitor.receive(); packet && !packet->closed(); packet = monitor.receive()) {
    if (const auto no = ipc::decode<messages::SessionNotEntered>(packet->bytes)) {
      outcome.failure = no->failure;
      outcome.another_way = true;
    } else if (const auto failed = ipc::decode<messages::SessionFailed>(packet->bytes)) {
      outcome.failure = failed->failure;
    } else if (ipc::decode<messages::SessionSignaled>(packet->bytes)) {
      // The program, before it was one.
      outcome.failure = common::Failure::kBoxStopped;
    }
  }
}

/// The channels of a sessiond with one session, and what it was told.
class Played {
 public:
  Played(const RacedBox& box, const BoxOptions& options, std::string_view command)
      : zygote_(Channel::make()),
        monitor_(Channel::make()),
        control_(Channel::make()),
        log_(memory("log")) {
    const common::Fd environment = memory("environment");
    const common::Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, box.pid(), 0)));
    messages::SessionPlan plan;
    plan.kind = messages::SessionKind::kExec;
    plan.command = command;
    CHECK(zygote_.ours.send(target(box, options), {pidfd.get()}));
    CHECK(zygote_.ours.send(messages::ForkSession{}, {monitor_.theirs.get()}));
    // It ends once it has forked the session.
    CHECK(::shutdown(zygote_.ours.fd(), SHUT_WR) == 0);
    CHECK(monitor_.ours.send(plan, {control_.theirs.get(), environment.get()}));
    CHECK(control_.ours.send(messages::SessionGo{}));
  }

  std::unique_ptr<Stepper> start() {
    auto stepper = std::make_unique<Stepper>(ZOMG_RACE_SESSIOND, zygote_.theirs.get(), log_.get());
    // Only sessiond has them now, so its end is seen.
    zygote_.theirs.reset();
    monitor_.theirs.reset();
    control_.theirs.reset();
    return stepper;
  }

  const ipc::Channel& monitor() const { return monitor_.ours; }
  std::string log() const { return read_file(fmt::format("/proc/self/fd/{}", log_.get())); }

 private:
  struct Channel {
    static Channel make() {
      auto ends = common::make_packet_socketpair();
      CHECK(ends);
      return {ipc::Channel(std::move(ends->first)), std::move(ends->second)};
    }
    ipc::Channel ours;
    common::Fd theirs;
  };

  Channel zygote_;
  Channel monitor_;  ///< of the session
  Channel control_;
  common::Fd log_;
};

}  // namespace

Session look_at(pid_t pid) {
  const std::string directory = fmt::format("/proc/{}/", pid);
  Session session;
  std::istringstream lines(read_file(directory + "status"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(":\t");
    if (colon != std::string::npos) session.status[line.substr(0, colon)] = line.substr(colon + 2);
  }
  for (const char* kind : kNamespaceKinds) session.namespaces[kind] = namespace_of(pid, kind);
  session.cgroups = read_file(directory + "cgroup");
  session.limits = read_file(directory + "limits");
  session.oom_score_adj = read_file(directory + "oom_score_adj");
  return session;
}

Outcome enter(const RacedBox& box, const BoxOptions& options, const OnStep& on_step) {
  Played played(box, options, "true");
  Outcome outcome;
  played.start()->run({.on_step =
                           [&](Step step, pid_t pid, long number) {
                             outcome.calls[step.process] = step.call + 1;
                             on_step(step, pid, number);
                           },
                       .on_program =
                           [&](pid_t pid) {
                             outcome.session = look_at(pid);
                             return false;
                           }});
  if (!outcome.session) read_answer(played.monitor(), outcome);
  outcome.log = played.log();
  return outcome;
}

Aftermath supervise(const RacedBox& box, const BoxOptions& options,
                    const std::function<bool(long number)>& fails) {
  Played played(box, options, "exec sleep 1000");
  Aftermath aftermath;
  pid_t first = 0;
  pid_t program = 0;
  const auto is_confined = [&first] { return look_at(first).status["Seccomp"] == "2"; };
  const auto stepper = played.start();
  stepper->run({.on_step =
                    [&](Step step, pid_t pid, long number) {
                      if (step.process > kSupervisor) return;
                      if (step.process == kSupervisor) first = pid;
                      aftermath.supervised =
                          program != 0 && number == kPoll && pid == first && is_confined();
                      if (aftermath.supervised) return stepper->stop();
                      if (fails(number)) refuse(pid, ENOSYS);
                    },
                .on_program =
                    [&](pid_t pid) {
                      program = pid;
                      // Sessiond may have seen that before we are told.
                      aftermath.supervised = is_confined();
                      return !aftermath.supervised;
                    },
                .on_end =
                    [&](int process) {
                      if (process == kSupervisor) stepper->stop();
                    }});
  aftermath.started = program != 0;
  // One that was killed needs a moment.
  const auto is_left = [program] {
    const std::string state = look_at(program).status["State"];
    return !state.empty() && state.front() != 'Z';
  };
  aftermath.left = program != 0 && !aftermath.supervised && is_left();
  for (int tries = 0; aftermath.left && tries < 2000; ++tries) {
    ::usleep(1000);
    aftermath.left = is_left();
  }
  aftermath.log = played.log();
  return aftermath;
}

}  // namespace zomg::race
