// zomg-ssh-kubectl: one session in one box, by way of the Kubernetes API.
//
// Started by: the monitor, for a session that cannot enter its box on this node. Starts as root,
//   for its sandbox (sandbox.h).
// Runs as: a user of its own, no capabilities, from before it starts kubectl, which runs as the
//   same, in a pid namespace whose first process this is. What the monitor started stays behind,
//   outside of it, to wait (common/sandbox/pid_namespace.h).
// Descriptors: 3 the monitor's plan; the session's control socket to the connection process; what
//   session_streams.h shows.
// Trusts: the monitor. Not: what comes from the container, the API server or kubectl.
// Dies: when kubectl and what the user's program left in the container have ended.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/io/signals.h"
#include "common/base/limits.h"
#include "common/program/run.h"
#include "common/sandbox/counted_apart.h"
#include "common/sandbox/pid_namespace.h"
#include "sessiond/kubectl/kubectl_process.h"
#include "sessiond/kubectl/sandbox.h"
#include "sessiond/kubectl/session_header.h"
#include "sessiond/kubectl/supervisor.h"

namespace {

using namespace zomg;
using common::Failure;
using common::Fd;
using common::Result;

Result<std::string> read_files(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return common::errno_error("fstat");
  if (!S_ISREG(status.st_mode) || status.st_size < 0 ||
      static_cast<std::uint64_t>(status.st_size) > limits::kMaxKubectlFilesBytes) {
    return common::error("the files for kubectl are over their bound");
  }
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  if (::pread(fd, bytes.data(), bytes.size(), 0) != std::ssize(bytes)) {
    return common::errno_error("pread");
  }
  return bytes;
}

struct Job {
  ipc::Channel monitor;
  messages::PodTarget target;
  Fd kubectl;
  messages::SessionPlan plan;
  ipc::Channel control;
  Fd files;
};

Result<Job> receive_job(ipc::Channel monitor) {
  std::vector<Fd> fds;
  auto target = monitor.receive_message<messages::PodTarget>(&fds);
  if (!target) return target.error();
  std::vector<Fd> plan_fds;
  auto plan = monitor.receive_message<messages::SessionPlan>(&plan_fds);
  if (!plan) return plan.error();
  return Job{std::move(monitor),
             std::move(*target),
             std::move(fds[0]),
             std::move(*plan),
             ipc::Channel(std::move(plan_fds[0])),
             std::move(plan_fds[1])};
}

/// The job, and what it takes beside.
struct Work {
  Job job;
  Fd signals;
  kubectl::SessionStreams streams;
};

void tell_failure(Job& job) {
  if (!job.control) return;
  (void)job.control.send(messages::SessionFailed{Failure::kGatewayFailed});
  if (job.monitor) (void)job.monitor.send(messages::SessionFailed{Failure::kGatewayFailed});
}

void tell(Work& work) {
  tell_failure(work.job);
}

Result<Work> make_ready(Job& job, program::Place& place) {
  auto bytes = read_files(job.files.get());
  if (!bytes) return bytes.error();
  auto signals = common::open_signals({SIGTERM, SIGWINCH});
  if (!signals) return signals.error();
  place.account = sandbox::own_account({job.target.uid, job.target.gid});
  auto files = kubectl::split_files(*bytes, place.account.uid);
  if (!files) return files.error();
  place.files = std::move(*files);
  // Here, for a terminal is the controlling one of who makes it.
  if (auto entered = sandbox::enter_pid_namespace(place.account); !entered) return entered.error();
  auto streams = kubectl::SessionStreams::make(job.plan.terminal);
  if (!streams) return streams.error();
  return Work{std::move(job), std::move(*signals), std::move(*streams)};
}

Result<Work> prepare(ipc::Channel monitor, program::Place& place) {
  auto job = receive_job(std::move(monitor));
  if (!job) return job.error();
  auto work = make_ready(*job, place);
  if (!work) tell_failure(*job);
  return work;
}

Result<void> serve(Work& work) {
  Job& job = work.job;
  const kubectl::Mark mark = kubectl::Mark::make();
  if (auto handed = work.streams.hand_over(job.control); !handed) {
    const int cause = handed.error().errno_value;
    if (cause != EPIPE && cause != ECONNRESET) return handed;
    log::info("the client left before its session began");
    return {};
  }
  const bool terminal = job.plan.terminal;
  std::string input = kubectl::session_input(kubectl::session_header(
      mark, job.plan, job.target.chroot_directory.value, job.target.user,
      terminal ? &work.streams.modes : nullptr, terminal ? &work.streams.size : nullptr));
  kubectl::Supervisor supervisor(
      {std::move(job.monitor), std::move(job.kubectl), std::move(job.target.box),
       kubectl::Mark::make().first, mark, std::move(work.signals)},
      std::move(work.streams), ipc::Channel(job.control.take_fd()));
  return supervisor.run(std::move(input));
}

}  // namespace

int main() {
  return program::run(kubectl::kRow, prepare, serve, tell);
}
