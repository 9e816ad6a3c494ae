#include "sessiond/kubectl/supervisor.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/base/io/deadline.h"
#include "common/base/io/signals.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/quoted.h"
#include "sessiond/kubectl/kubectl_process.h"

namespace zomg::kubectl {
namespace {

using common::Failure;
using common::Result;

/// How long the end of a program that is known waits for the rest of its output, before it is told.
constexpr std::chrono::seconds kLinger{5};
/// How long a client that has sent nothing yet may turn out to have nothing to send, before it counts
/// as one that will. The container is not reached sooner.
constexpr std::chrono::milliseconds kInputNews{50};

/// What a user is told when session.sh gives up.
Failure failure_for(const std::string& reason) {
  if (reason == "root") return Failure::kNoChrootDirectory;
  if (reason == "tools") return Failure::kNoBoxShell;
  if (reason == "shell") return Failure::kNoShell;
  if (reason == "sftp") return Failure::kNoSftpServer;
  if (reason == "no-user") return Failure::kNoBoxUser;
  if (reason == "user") return Failure::kCannotBecomeBoxUser;
  return Failure::kEnterFailed;
}

/// What a user is told when kubectl ends before session.sh has begun, by what kubectl says of it.
Failure failure_before_start(const std::string& complaint) {
  const auto says = [&](const char* text) { return complaint.find(text) != std::string::npos; };
  if (says("/bin/sh") && (says("no such file") || says("not found"))) return Failure::kNoBoxShell;
  if (says("orbidden") || says("nauthorized")) return Failure::kKubernetesRefused;
  if (says("NotFound") || says("not found")) return Failure::kBoxNotReady;
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
      main_(std::move(streams_.backend), std::move(streams_.client),
            {backend_.mark.text(),
             streams_.terminal ? OutputFilter::Stream::kTerminal : OutputFilter::Stream::kError}),
      start_deadline_(Clock::now() + limits::kKubectlStartTimeout) {
  if (!streams_.terminal) {
    output_.emplace(std::move(streams_.backend_output), std::move(streams_.client_output),
                    OutputFilter{backend_.mark.text(), OutputFilter::Stream::kOutput});
  }
}

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
  if (streams_.terminal) {
    end_header(kInputFollows);
  } else {
    main_.set_kubectl(kubectl_.pid());
    input_deadline_ = Clock::now() + kInputNews;
  }
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
  if (!filter().started() && !kubectl_ended_) consider(start_deadline_);
  consider(main_.deadline());
  consider(input_deadline_);
  consider(finish_deadline_);
  if (!told_) consider(linger_deadline_);
  consider(remote_signal_ ? remote_signal_->deadline() : remote_signal_deadline_);
  consider(give_up_deadline_);
  if (!first) return -1;
  return common::milliseconds_until(*first);
}

void Supervisor::on_control() {
  auto packet = control_.receive();
  if (packet && !packet->closed()) {
    const auto request = ipc::decode<messages::DeliverSignal>(*packet);
    const char* name = request ? ::sigabbrev_np(static_cast<int>(request->signal)) : nullptr;
    if (name != nullptr) {
      return want_remote_signal(name);
    }
    log::warning("the connection process broke the contract of the control socket");
  }
  control_.close();
  if (!told_) client_gone_ = true;
}

void Supervisor::on_signals() {
  while (const int signal = common::take_signal(backend_.signals.get())) {
    if (signal == SIGWINCH) {
      if (streams_.terminal && ::ioctl(main_.target(), TIOCGWINSZ, &streams_.size) == 0) {
        ::ioctl(main_.source(), TIOCSWINSZ, &streams_.size);
      }
    } else if (!told_) {
      stopping_ = true;
      hang_up();
    }
  }
}

void Supervisor::on_kubectl_end() {
  kubectl_ended_ = true;
  const auto status = kubectl_.wait();
  if (!status) return log::error("{}", status.error().message);
  kubectl_failed_ = status->signal != 0 || status->exit_code != 0;
}

void Supervisor::on_deadlines() {
  const auto now = Clock::now();
  const auto is_due = [now](const auto& deadline) { return deadline && now >= *deadline; };
  if (is_due(start_deadline_)) {
    start_deadline_.reset();
    if (!filter().started() && !filter().ended() && !kubectl_ended_) {
      log::warning("kubectl did not reach the container in time");
      kubectl_.kill(SIGKILL);
    }
  }
  if (is_due(input_deadline_)) end_header(kInputFollows);
  if (is_due(finish_deadline_)) {
    finish_deadline_.reset();
    want_remote_signal(RemoteSignal::kDone);
  }
  if (is_due(main_.deadline())) main_.on_deadline();
  if (remote_signal_ && is_due(remote_signal_->deadline())) remote_signal_->go_on();
  if (!remote_signal_ && is_due(remote_signal_deadline_)) start_remote_signal();
  if (is_due(give_up_deadline_)) {
    log::error("pod {}/{}: what the session left behind could not be ended",
               common::quoted(backend_.box.kubernetes_namespace), common::quoted(backend_.box.pod));
    if (remote_signal_) {
      remote_signal_->kill();
      (void)remote_signal_->finish();
      remote_signal_.reset();
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
  } else if (filter().status()) {
    return tell(messages::SessionExited{static_cast<std::uint32_t>(*filter().status())});
  } else if (!filter().reason().empty()) {
    failure = failure_for(filter().reason());
  } else {
    const std::string complaint = kubectl_says_ + filter().complaint();
    failure = filter().started() ? failure_after_start(complaint) : failure_before_start(complaint);
    log::warning("pod {}/{}: kubectl ended early: {}",
                 common::quoted(backend_.box.kubernetes_namespace),
                 common::quoted(backend_.box.pod), common::quoted(complaint));
  }
  tell(messages::SessionFailed{failure});
}

/// The program has ended, all that it wrote has been given on, and nobody else writes: what kubectl
/// still does (it may hang on input that nobody took) does not matter.
bool Supervisor::is_complete() const {
  if (!filter().ended() || !main_.drained()) return false;
  if (streams_.terminal || !filter().reason().empty()) return true;
  return !filter().held() && output_->filter().closed() && output_->drained();
}

void Supervisor::conclude() {
  const bool ended = kubectl_ended_ && outputs_ended();
  const bool complete = is_complete();
  if (filter().ended() && !linger_deadline_) linger_deadline_ = Clock::now() + kLinger;
  const bool lingered = filter().ended() && Clock::now() >= *linger_deadline_;
  // As sshd(8): background processes that hold an output hold the channel, not the status.
  if (control_ && !told_ && (complete || ended || filter().held() || lingered || stopping_)) say();
  if (done_ || hanging_up_) return start_remote_signal();
  if (output_ && output_->broken() && !broken_told_ && !filter().ended()) {
    // `ssh box yes | head`: the client took away where its output went to.
    broken_told_ = true;
    want_remote_signal("PIPE");
  }
  const bool lost = ended && filter().started() && !filter().ended();
  if (lost || stopping_ || (client_gone() && !filter().ended() && !kubectl_ended_)) {
    // What runs on in the container is ended; the client has seen the last of it.
    main_.close_target();
    if (output_) output_->close_target();
    return hang_up();
  }
  // session.sh waits for us after a program whose end is known and whose outputs nobody holds.
  const bool waits = filter().status() && !filter().held();
  const bool over = complete || (told_ && client_gone());
  if (waits && (ended ? kubectl_failed_ : over)) return finish();
  done_ = ended || over;
}

}  // namespace zomg::kubectl
