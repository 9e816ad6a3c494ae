#include "sessiond/kubectl/supervisor.h"

#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/limits.h"
#include "common/log.h"
#include "sessiond/kubectl/kubectl_process.h"

namespace zomg::kubectl {
namespace {

using common::Failure;
using common::Result;

/// How long the end of a program that is known waits for the rest of its output, before it is told.
constexpr std::chrono::milliseconds kLinger{1500};

/// What a user is told when session.sh gives up.
Failure failure_for(const std::string& reason) {
  if (reason == "root") return Failure::kNoChrootDirectory;
  if (reason == "tools") return Failure::kNoBoxShell;
  if (reason == "shell") return Failure::kNoShell;
  if (reason == "sftp") return Failure::kNoSftpServer;
  return Failure::kEnterFailed;
}

/// What a user is told when kubectl ends before session.sh has begun, by what kubectl says of it.
Failure failure_before_start(const std::string& complaint) {
  const auto says = [&](const char* text) { return complaint.find(text) != std::string::npos; };
  if (says("/bin/sh") && (says("no such file") || says("not found"))) return Failure::kNoBoxShell;
  if (says("orbidden") || says("nauthorized")) return Failure::kKubernetesRefused;
  if (says("NotFound") || says("not found")) return Failure::kBoxStopped;
  return Failure::kBackendFailed;
}

/// What a user is told when kubectl ends and the program's end is not known. That session.sh itself
/// was killed is what the end of a container looks like.
Failure failure_after_start(const std::string& complaint) {
  const bool killed = complaint.find("command terminated with exit code 137") != std::string::npos;
  return killed ? Failure::kBoxStopped : Failure::kBackendLost;
}

}  // namespace

Supervisor::Supervisor(Backend backend, SessionStreams streams, ipc::Channel control)
    : backend_(std::move(backend)),
      streams_(std::move(streams)),
      control_(std::move(control)),
      filter_(backend_.mark, !streams_.terminal),
      start_deadline_(Clock::now() + limits::kEntryTimeout) {}

Result<void> Supervisor::run(std::string input) {
  auto kubectl = start_kubectl(backend_.kubectl.get(),
                               session_arguments(backend_.box, backend_.id, streams_.terminal),
                               {streams_.kubectl_input.get(), streams_.kubectl_output.get(),
                                streams_.kubectl_error.get(), streams_.terminal});
  if (!kubectl) return kubectl.error();
  kubectl_ = std::move(*kubectl);
  for (common::Fd* fd :
       {&streams_.kubectl_input, &streams_.kubectl_output, &streams_.kubectl_error}) {
    fd->reset();
  }
  to_backend_ = std::move(input);
  while (!done_) step();
  if (!kubectl_ended_) {
    kubectl_.kill(SIGKILL);
    if (auto status = kubectl_.wait(); !status) return status.error();
  }
  return {};
}

int Supervisor::timeout_ms() const {
  std::optional<Clock::time_point> first;
  const auto consider = [&first](std::optional<Clock::time_point> time) {
    if (time && (!first || *time < *first)) first = time;
  };
  if (!filter_.started() && !kubectl_ended_) consider(start_deadline_);
  consider(release_deadline_);
  consider(linger_deadline_);
  consider(errand_ ? errand_->deadline() : errand_deadline_);
  consider(give_up_deadline_);
  if (!first) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*first - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

void Supervisor::on_control() {
  auto packet = control_.receive();
  if (packet && !packet->closed()) {
    const auto request = ipc::decode<messages::DeliverSignal>(packet->bytes);
    const char* name = request ? ::sigabbrev_np(static_cast<int>(request->signal)) : nullptr;
    if (name != nullptr) {
      // One that asks for more than can be delivered does not get them all.
      if (signals_to_deliver_.size() < limits::kMaxSignalsWaiting) {
        signals_to_deliver_.emplace_back(name);
      }
      return start_errand();
    }
    log::warning("the connection process broke the contract of the control socket");
  }
  control_.close();
  if (!told_) client_gone_ = true;
}

void Supervisor::on_signals() {
  signalfd_siginfo info{};
  while (::read(backend_.signals.get(), &info, sizeof(info)) == sizeof(info)) {
    if (info.ssi_signo == SIGWINCH) {
      if (streams_.client && streams_.backend &&
          ::ioctl(streams_.client.get(), TIOCGWINSZ, &streams_.size) == 0) {
        ::ioctl(streams_.backend.get(), TIOCSWINSZ, &streams_.size);
      }
    } else if (!told_) {
      stopping_ = true;
      hang_up();
    }
  }
}

void Supervisor::on_kubectl_end() {
  kubectl_ended_ = true;
  if (auto status = kubectl_.wait(); !status) log::error("{}", status.error().message);
}

void Supervisor::hang_up() {
  if (hanging_up_) return;
  hanging_up_ = true;
  give_up_deadline_ = Clock::now() + limits::kErrandTimeout;
  signals_to_deliver_.clear();
  start_errand();
}

void Supervisor::start_errand() {
  // Not before there is somebody to find.
  if (errand_ || (!filter_.started() && !kubectl_ended_)) return;
  std::string what = "END";
  if (!hanging_up_) {
    if (signals_to_deliver_.empty()) return;
    what = signals_to_deliver_.front();
    signals_to_deliver_.pop_front();
  }
  errand_deadline_.reset();
  auto errand =
      Errand::start(backend_.kubectl.get(), backend_.box, backend_.id, what, STDIN_FILENO);
  if (errand) {
    errand_.emplace(std::move(*errand));
  } else {
    log::error("{}", errand.error().message);
    errand_deadline_ = Clock::now() + errand_delay_;
  }
}

void Supervisor::on_errand_end() {
  const bool was_end = hanging_up_;
  const bool reached = errand_->finish();
  errand_.reset();
  if (was_end && reached) {
    done_ = true;
  } else if (was_end) {
    // The API server is away: what runs on in the container is ended once it is back.
    errand_deadline_ = Clock::now() + errand_delay_;
    errand_delay_ = std::min<std::chrono::milliseconds>(2 * errand_delay_, limits::kMaxErrandDelay);
  } else {
    start_errand();
  }
}

void Supervisor::on_deadlines() {
  const auto now = Clock::now();
  const auto is_due = [now](const auto& deadline) { return deadline && now >= *deadline; };
  if (!filter_.started() && !kubectl_ended_ && !filter_.ended() && now >= start_deadline_) {
    log::warning("kubectl did not reach the container in time");
    kubectl_.kill(SIGKILL);
  }
  if (is_due(release_deadline_)) {
    release_deadline_.reset();
    to_client_ += filter_.release();
    write_client();
  }
  if (errand_ && is_due(errand_->deadline())) errand_->go_on();
  if (!errand_ && is_due(errand_deadline_)) start_errand();
  if (is_due(give_up_deadline_)) {
    log::error("pod {}/{}: what the session left behind could not be ended",
               backend_.box.kubernetes_namespace.value, backend_.box.pod.value);
    if (errand_) {
      errand_->kill();
      (void)errand_->finish();
      errand_.reset();
    }
    done_ = true;
  }
}

template <ipc::Message Ending>
void Supervisor::tell(const Ending& ending) {
  // Either of them may be gone.
  (void)backend_.monitor.send(ending).has_value();
  (void)control_.send(ending).has_value();
}

void Supervisor::say() {
  told_ = true;
  Failure failure = Failure::kNone;
  if (stopping_) {
    failure = Failure::kGatewayStopping;
  } else if (filter_.status()) {
    return tell(messages::SessionExited{static_cast<std::uint32_t>(*filter_.status())});
  } else if (!filter_.reason().empty()) {
    failure = failure_for(filter_.reason());
  } else {
    const std::string complaint = kubectl_says_ + filter_.complaint();
    failure = filter_.started() ? failure_after_start(complaint) : failure_before_start(complaint);
    log::warning("pod {}/{}: kubectl ended early: {}", backend_.box.kubernetes_namespace.value,
                 backend_.box.pod.value, complaint);
  }
  tell(messages::SessionFailed{failure});
}

void Supervisor::conclude() {
  const bool ended = kubectl_ended_ && outputs_ended();
  if (filter_.ended() && !told_ && !linger_deadline_) linger_deadline_ = Clock::now() + kLinger;
  const bool lingered = linger_deadline_ && Clock::now() >= *linger_deadline_;
  if (lingered) linger_deadline_.reset();
  if (control_ && !told_ && (ended || lingered || stopping_)) {
    linger_deadline_.reset();
    say();
    streams_.client.reset();
  }
  if (done_ || hanging_up_) {
    start_errand();
    return;
  }
  // What the client left running, or what a lost connection left running.
  const bool lost = ended && filter_.started() && !filter_.ended();
  if (lost || (client_gone_ && !kubectl_ended_)) return hang_up();
  done_ = ended;
}

}  // namespace zomg::kubectl
