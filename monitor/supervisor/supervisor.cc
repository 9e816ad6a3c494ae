#include "monitor/supervisor/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "common/base/io/signals.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/reaping.h"
#include "monitor/supervisor/service_manager.h"

namespace zomg::monitor {
namespace {

using common::errno_error;
using common::Result;

/// What the service manager is asked to wait after the drain, for the end of the sessions left.
constexpr std::chrono::seconds kStopGrace{30};

/// For a service manager that does not read what it is told.
constexpr std::chrono::milliseconds kNotifyRetry{200};

bool is_empty(pid_t group) {
  return ::kill(-group, 0) != 0 && errno == ESRCH;
}

}  // namespace

Supervisor::Supervisor(std::string program, std::vector<KeptSocket> sockets, LogProcess& log)
    : program_(std::move(program)),
      sockets_(std::move(sockets)),
      log_(log),
      delay_(limits::kRestartDelay) {}

Result<int> Supervisor::run() {
  auto signals = common::open_signals({SIGTERM, SIGINT, SIGHUP, SIGCHLD});
  if (!signals) return signals.error();
  signals_ = std::move(*signals);
  // What a dead monitor leaves behind is ours to reap.
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return errno_error("PR_SET_CHILD_SUBREAPER");
  loop_.watch(signals_.get(), [this] { on_signal(); });
  if (auto started = start_monitor(); !started) return started.error();
  loop_.run();
  return status_;
}

Result<void> Supervisor::start_monitor() {
  // By its path: after an upgrade the monitor fits the helpers that it finds beside it.
  const common::Fd executable(::open(program_.c_str(), O_PATH | O_CLOEXEC));
  if (!executable) return errno_error("{}", program_);
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  if (auto set = common::set_nonblocking(ends->first.get(), true); !set) return set;
  auto child = common::spawn_with_environment(
      executable.get(), kMonitorName,
      {log_.others(), STDOUT_FILENO, STDERR_FILENO, ends->second.get()}, environ);
  if (!child) return child.error().with_context(kMonitorName);
  channel_ = ipc::Channel(std::move(ends->first));
  monitor_ = std::move(*child);
  started_ = EventLoop::Clock::now();
  loop_.watch(channel_.fd(), [this] { on_packet(); });
  auto handed = hand_over();
  // It would wait for ever. At its end it is started again.
  if (!handed) monitor_.kill(SIGKILL);
  return handed;
}

Result<void> Supervisor::hand_over() const {
  auto sent = channel_.send(messages::Inheritance{static_cast<std::uint32_t>(sockets_.size())});
  for (const KeptSocket& socket : sockets_) {
    if (sent) sent = channel_.send(messages::KeptSocket{socket.use}, {socket.fd.get()});
  }
  return sent;
}

void Supervisor::on_packet() {
  auto packet = channel_.receive();
  if (!packet && packet.error().errno_value == EAGAIN) return;
  if (packet && !packet->closed()) {
    const auto taken = take(std::move(*packet));
    if (taken) return;
    log::error("the monitor broke the contract: {}", taken.error().message);
    monitor_.kill(SIGKILL);
  }
  loop_.forget(channel_.fd());
  channel_.close();
  // It is about to end. One that does not is of no use to anybody.
  loop_.after(limits::kHangupGrace, [this, pid = monitor_.pid()] {
    if (monitor_.pid() == pid) monitor_.kill(SIGKILL);
  });
}

Result<void> Supervisor::take(ipc::Packet packet) {
  if (const auto serving = ipc::decode<messages::Serving>(packet)) {
    drain_time_ = std::chrono::seconds(serving->drain_seconds);
    if (!has_served_) tell_manager("READY=1");
    has_served_ = true;
    return {};
  }
  auto socket = ipc::decode<messages::KeptSocket>(packet);
  if (!socket) return socket.error();
  if (sockets_.size() >= 2 * limits::kMaxListenAddresses) return common::error("too many sockets");
  sockets_.push_back({socket->use, std::move(packet.fds[0])});
  return {};
}

void Supervisor::on_signal() {
  const int signal = common::take_signal(signals_.get());
  if (signal == 0) return;
  if (signal == SIGCHLD) return reap();
  if (signal != SIGHUP) stop();
  if (monitor_) monitor_.kill(signal);
}

void Supervisor::stop() {
  impatient_ = stopping_;
  if (!stopping_) {
    stopping_ = true;
    // Nobody shall wait at a port that is not served any more.
    sockets_.clear();
    loop_.cancel(restart_timer_);
    const auto longest = std::chrono::microseconds(drain_time_ + kStopGrace);
    tell_manager(fmt::format("STOPPING=1\nEXTEND_TIMEOUT_USEC={}", longest.count()));
    loop_.after(drain_time_, [this] { end_orphans(); });
  }
  finish_if_done();
}

/// The drain time is over: the monitor ends its own sessions, we those of its predecessors. What
/// they left are processes of sessions, which say so to their users, and connections, which ignore
/// the signal and relay that.
void Supervisor::end_orphans() {
  drained_ = true;
  signal_orphans();
  loop_.after(limits::kHangupGrace + std::chrono::seconds(1), [this] {
    impatient_ = true;
    finish_if_done();
  });
}

void Supervisor::signal_orphans() const {
  for (const pid_t group : orphans_) ::kill(-group, SIGTERM);
}

void Supervisor::reap() {
  const bool more = common::reap_some([this](pid_t pid, const auto& status) {
    if (monitor_ && pid == monitor_.pid()) on_monitor_end(status);
    if (pid == log_.pid()) restart_log_later();
  });
  // Others have their turn first: a program in a box can leave us children without end.
  loop_.cancel(reap_timer_);
  if (more) reap_timer_ = loop_.after({}, [this] { reap(); });
  // As we are their parent, a group cannot have become empty, and its number another's, unnoticed.
  std::erase_if(orphans_, is_empty);
  finish_if_done();
}

void Supervisor::on_monitor_end(const Result<common::ExitStatus>& status) {
  orphans_.push_back(monitor_.pid());
  monitor_ = {};
  if (channel_) {
    loop_.forget(channel_.fd());
    channel_.close();
  }
  const bool exited = status && status->signal == 0;
  if (exited && (status->exit_code == 0 || !has_served_)) {
    // It was told to, or said what is wrong with its settings.
    status_ = status->exit_code;
    return stopping_ ? void() : loop_.stop();
  }
  log::error("the monitor ended with {}", status ? status->describe() : status.error().message);
  if (stopping_ || !has_served_) {
    status_ = EXIT_FAILURE;
    return stopping_ ? void() : loop_.stop();
  }
  restart_later();
}

void Supervisor::restart_later() {
  // One that ran for a while starts from the shortest delay again.
  if (EventLoop::Clock::now() - started_ > limits::kMaxRestartDelay) delay_ = limits::kRestartDelay;
  log::warning("starting it again in {} ms; sessions go on", delay_.count());
  restart_timer_ = loop_.after(delay_, [this] {
    if (auto started = start_monitor(); !started) {
      log::error("{}", started.error().message);
      if (!monitor_) restart_later();
    }
  });
  delay_ = std::min(delay_ * 2, limits::kMaxRestartDelay);
}

void Supervisor::tell_manager(const std::string& state) {
  if (service_manager::notify(process_environment, state)) return;
  loop_.after(kNotifyRetry, [this, state] { tell_manager(state); });
}

void Supervisor::restart_log_later() {
  // What is said meanwhile waits in its sockets.
  loop_.after(limits::kRestartDelay, [this] {
    if (auto started = log_.restart(); !started) restart_log_later();
  });
}

void Supervisor::finish_if_done() {
  if (!stopping_ || monitor_ || !(impatient_ || orphans_.empty())) return;
  // The monitor's sessions are among them now: it has told those that it knew.
  if (drained_) signal_orphans();
  loop_.stop();
}

}  // namespace zomg::monitor
