#include "race/race.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

#include "common/check.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"

namespace zomg::race {
namespace {

constexpr std::array kNamespaces{"user", "mnt", "net", "ipc", "uts", "pid", "cgroup", "time"};
constexpr std::uint32_t kNobody = 65534;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

common::Fd memory(const char* name) {
  return common::Fd(::memfd_create(name, MFD_CLOEXEC));
}

messages::ContainerRecord record_of(const BoxOptions& options) {
  messages::ContainerRecord record;
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
  target.box.record = record_of(options);
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

}  // namespace

Session look_at(pid_t pid) {
  const std::string directory = fmt::format("/proc/{}/", pid);
  Session session;
  std::istringstream lines(read_file(directory + "status"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(":\t");
    if (colon != std::string::npos) session.status[line.substr(0, colon)] = line.substr(colon + 2);
  }
  for (const char* kind : kNamespaces) session.namespaces[kind] = namespace_of(pid, kind);
  session.cgroups = read_file(directory + "cgroup");
  session.limits = read_file(directory + "limits");
  session.oom_score_adj = read_file(directory + "oom_score_adj");
  return session;
}

Outcome enter(const RacedBox& box, const BoxOptions& options, const OnStep& on_step) {
  auto monitor_ends = common::make_packet_socketpair();
  auto control_ends = common::make_packet_socketpair();
  CHECK(monitor_ends && control_ends);
  const ipc::Channel monitor(std::move(monitor_ends->first));
  const ipc::Channel control(std::move(control_ends->first));
  const common::Fd log = memory("log");
  const common::Fd environment = memory("environment");
  const common::Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, box.pid(), 0)));
  messages::SessionPlan plan;
  plan.kind = messages::SessionKind::kExec;
  plan.command = std::string_view("true");
  CHECK(monitor.send(target(box, options), {pidfd.get()}));
  CHECK(monitor.send(plan, {control_ends->second.get(), environment.get()}));
  CHECK(control.send(messages::SessionGo{}));

  Outcome outcome;
  {
    Stepper stepper(ZOMG_RACE_SESSIOND, monitor_ends->second.get(), log.get());
    // Only sessiond has them now, so its end is seen.
    monitor_ends->second.reset();
    control_ends->second.reset();
    stepper.run({[&](Step step, pid_t pid, long number) {
                   outcome.calls[step.process] = step.call + 1;
                   on_step(step, pid, number);
                 },
                 [&](pid_t pid) { outcome.session = look_at(pid); }});
  }
  if (!outcome.session) read_answer(monitor, outcome);
  outcome.log = read_file(fmt::format("/proc/self/fd/{}", log.get()));
  return outcome;
}

}  // namespace zomg::race
