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
  give_up_deadline_ = Clock::now() + limits::kErrandTimeout;
  errands_to_run_.clear();
  start_errand();
}

/// session.sh waits until it is told that all has arrived: on stdin, where that is still ours.
void Supervisor::finish() {
  if (std::exchange(finishing_, true)) return;
  main_.close_target();
  if (output_) output_->close_target();
  streams_.client_input.reset();
  finish_deadline_ = Clock::now() + kFinish;
  if (kubectl_ended_ || input_target() < 0) return want_errand(Errand::kDone);
  // What it did not take of the client's input, nobody will.
  to_backend_ = fmt::format("\n{}\n", backend_.mark.plain());
  input_ended_ = true;
  write_backend();
}

void Supervisor::want_errand(std::string what) {
  // One that asks for more than can be delivered does not get them all.
  if (errands_to_run_.size() < limits::kMaxSignalsWaiting || what == Errand::kDone) {
    errands_to_run_.push_back(std::move(what));
  }
  start_errand();
}

void Supervisor::start_errand() {
  // Not before there is somebody to find.
  if (errand_ || (!filter().started() && !kubectl_ended_)) return;
  std::string what = Errand::kEnd;
  if (!hanging_up_) {
    if (errands_to_run_.empty()) return;
    what = errands_to_run_.front();
    errands_to_run_.pop_front();
  }
  errand_deadline_.reset();
  auto errand =
      Errand::start(backend_.kubectl.get(), backend_.box,
                    {backend_.id, filter().leader(), filter().leader_started(), streams_.terminal},
                    what, STDIN_FILENO);
  if (errand) {
    errand_.emplace(std::move(*errand));
  } else {
    log::error("{}", errand.error().message);
    errand_deadline_ = Clock::now() + errand_delay_;
  }
}

void Supervisor::on_errand_end() {
  const bool was_end = errand_->what() == Errand::kEnd;
  const bool was_done = errand_->what() == Errand::kDone;
  const bool reached = errand_->finish();
  errand_.reset();
  // Of a session.sh that was not reached, nothing but a sleep of some minutes is left.
  if ((was_end && reached) || was_done) {
    done_ = true;
  } else if (was_end) {
    // The API server is away: what runs on in the container is ended once it is back.
    errand_deadline_ = Clock::now() + errand_delay_;
    errand_delay_ = std::min<std::chrono::milliseconds>(2 * errand_delay_, limits::kMaxErrandDelay);
  } else {
    start_errand();
  }
}

}  // namespace zomg::kubectl
