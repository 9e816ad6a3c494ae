#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "sessiond/kubectl/supervisor.h"

// What is done in the container beside the session itself: signals, and the end.

namespace zomg::kubectl {
namespace {

/// How long session.sh has to end by itself.
constexpr std::chrono::seconds kFinish{5};

}  // namespace

void Supervisor::hang_up() {
  if (hanging_up_) return;
  hanging_up_ = true;
  give_up_deadline_ = Clock::now() + limits::kRemoteSignalTimeout;
  errands_to_run_.clear();
  start_remote_signal();
}

/// session.sh waits until it is told that all has arrived: on stdin, where that is still ours.
void Supervisor::finish() {
  if (std::exchange(finishing_, true)) return;
  main_.close_target();
  if (output_) output_->close_target();
  streams_.client_input.reset();
  finish_deadline_ = Clock::now() + kFinish;
  if (kubectl_ended_ || input_target() < 0) return want_remote_signal(RemoteSignal::kDone);
  // What it did not take of the client's input, nobody will.
  to_backend_ = fmt::format("\n{}\n", backend_.mark.plain());
  input_ended_ = true;
  write_backend();
}

void Supervisor::want_remote_signal(std::string what) {
  // One that asks for more than can be delivered does not get them all.
  if (errands_to_run_.size() < limits::kMaxSignalsWaiting || what == RemoteSignal::kDone) {
    errands_to_run_.push_back(std::move(what));
  }
  start_remote_signal();
}

void Supervisor::start_remote_signal() {
  // Not before there is somebody to find.
  if (remote_signal_ || (!filter().started() && !kubectl_ended_)) return;
  std::string what = RemoteSignal::kEnd;
  if (!hanging_up_) {
    if (errands_to_run_.empty()) return;
    what = errands_to_run_.front();
    errands_to_run_.pop_front();
  }
  remote_signal_deadline_.reset();
  auto remote_signal = RemoteSignal::start(
      backend_.kubectl.get(), backend_.box,
      {backend_.id, filter().leader(), filter().leader_started(), streams_.terminal}, what,
      STDIN_FILENO);
  if (remote_signal) {
    remote_signal_.emplace(std::move(*remote_signal));
  } else {
    log::error("{}", remote_signal.error().message);
    remote_signal_deadline_ = Clock::now() + remote_signal_delay_;
  }
}

void Supervisor::on_remote_signal_end() {
  const bool was_end = remote_signal_->what() == RemoteSignal::kEnd;
  const bool was_done = remote_signal_->what() == RemoteSignal::kDone;
  const bool reached = remote_signal_->finish();
  remote_signal_.reset();
  // Of a session.sh that was not reached, nothing but a sleep of some minutes is left.
  if ((was_end && reached) || was_done) {
    done_ = true;
  } else if (was_end) {
    // The API server is away: what runs on in the container is ended once it is back.
    remote_signal_deadline_ = Clock::now() + remote_signal_delay_;
    remote_signal_delay_ = std::min<std::chrono::milliseconds>(2 * remote_signal_delay_,
                                                               limits::kMaxRemoteSignalDelay);
  } else {
    start_remote_signal();
  }
}

}  // namespace zomg::kubectl
