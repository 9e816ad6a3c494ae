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
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "common/base/limits.h"
#include "common/base/log.h"
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

Result<Fd> open_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGHUP, SIG_IGN);  // the client's terminal is our controlling one
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGWINCH);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  Fd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return common::errno_error("signalfd");
  return fd;
}

struct Job {
  ipc::Channel monitor;
  messages::PodTarget target;
  Fd kubectl;
  messages::SessionPlan plan;
  ipc::Channel control;
  Fd files;
};

Result<Job> receive_job() {
  ipc::Channel monitor{Fd(common::kChannelFd)};
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

Result<void> serve(Job& job) {
  auto files = read_files(job.files.get());
  if (!files) return files.error();
  auto signals = open_signals();
  if (!signals) return signals.error();
  const auto account = sandbox::own_account({job.target.uid, job.target.gid});
  if (auto entered = sandbox::enter_pid_namespace(account); !entered) return entered;
  auto streams = kubectl::SessionStreams::make(job.plan.terminal);
  if (!streams) return streams.error();
  // 0, 1 and 2 are /dev/null and the log; 3 is the monitor.
  auto entered = kubectl::enter_sandbox(account, *files);
  if (!entered) return entered.error().with_context("sandbox");

  const kubectl::Mark mark = kubectl::Mark::make();
  if (auto handed = streams->hand_over(job.control); !handed) {
    const int cause = handed.error().errno_value;
    if (cause != EPIPE && cause != ECONNRESET) return handed;
    log::info("the client left before its session began");
    return {};
  }
  const bool terminal = job.plan.terminal;
  std::string input = kubectl::session_input(kubectl::session_header(
      mark, job.plan, job.target.chroot_directory.value, job.target.user,
      terminal ? &streams->modes : nullptr, terminal ? &streams->size : nullptr));
  kubectl::Supervisor supervisor(
      {std::move(job.monitor), std::move(job.kubectl), std::move(job.target.box),
       kubectl::Mark::make().first, mark, std::move(*signals)},
      std::move(*streams), ipc::Channel(job.control.take_fd()));
  return supervisor.run(std::move(input));
}

Result<void> run() {
  if (auto forbidden = sandbox::forbid_tracing(); !forbidden) return forbidden;
  auto job = receive_job();
  if (!job) return job.error();
  auto served = serve(*job);
  if (!served && job->control) {
    (void)job->control.send(messages::SessionFailed{Failure::kGatewayFailed});
    if (job->monitor) (void)job->monitor.send(messages::SessionFailed{Failure::kGatewayFailed});
  }
  return served;
}

}  // namespace

int main() {
  // Started by descriptor, it would be called by the descriptor's number.
  ::prctl(PR_SET_NAME, "zomg-ssh-kubectl");
  log::start("zomg-ssh-kubectl", log::Level::kInfo);
  if (auto done = run(); !done) {
    log::error("{}", done.error().message);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
