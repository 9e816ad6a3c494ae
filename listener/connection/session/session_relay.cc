#include "listener/connection/protocol/signal_names.h"
#include "listener/connection/session/session.h"

// The bytes of a session, and its end.

namespace zomg::connection {

void Session::add_to(PollSet& poll_set, bool may_send) const {
  if (control_) poll_set.add(control_.fd(), POLLIN);
  if (state_ != State::kRunning) return;
  if (discard_output_ || (may_send && stdout_.wants_read(channel_))) {
    poll_set.add(stdout_.fd(), POLLIN);
  }
  if (may_send && stderr_.wants_read(channel_)) poll_set.add(stderr_.fd(), POLLIN);
  if (input_.wants_write()) poll_set.add(pty_ ? stdout_.fd() : stdin_.get(), POLLOUT);
}

bool Session::step(const PollSet& poll_set, std::span<char> buffer, std::size_t output_limit) {
  if (client_closed_) {
    let_go();
    return false;
  }
  if (control_ && poll_set.has(control_.fd(), POLLIN)) receive_control();
  check_idle();
  if (state_ != State::kRunning) return false;
  pump_input(poll_set, buffer);
  const bool held = input_.is_held();
  const Flow flow = pump_outputs(poll_set, buffer, output_limit);
  // By an answer that came: poll(2) was not asked whether there is room for what was held back.
  if (held && !input_.is_held()) input_.drain(channel_, buffer);
  pass_on_eof();
  return conclude(flow);
}

Session::Flow Session::pump_outputs(const PollSet& poll_set, std::span<char> buffer,
                                    std::size_t limit) {
  // At the end poll(2) is not asked: only a read that finds nothing tells that all has been said.
  const bool ending = ending_ && !ending_sent_;
  if (limit == 0 && !discard_output_) return Flow::kNone;
  Flow flow = Flow::kIdle;
  for (OutputStream* stream : {&stdout_, &stderr_}) {
    const bool discard = discard_output_ && stream == &stdout_;
    if (!ending && !stream->has_pending() && !poll_set.has(stream->fd(), POLLIN)) continue;
    switch (stream->pump(channel_, buffer, discard ? buffer.size() : limit, discard)) {
      case OutputStream::Outcome::kMoved:
        if (flow != Flow::kBlocked) flow = Flow::kMoved;
        break;
      case OutputStream::Outcome::kBlocked:
        flow = Flow::kBlocked;
        break;
      case OutputStream::Outcome::kIdle:
      case OutputStream::Outcome::kEnded:
        break;
    }
  }
  if (pty_ && !stdout_.is_open()) input_.close();
  return flow;
}

void Session::pump_input(const PollSet& poll_set, std::span<char> buffer) {
  input_.rest_until(IdleTimer::Clock::now());
  const int target = pty_ ? stdout_.fd() : stdin_.get();
  const bool ready = input_.closed() || fresh_ || poll_set.has(target, POLLOUT);
  if (input_.has_backlog() && ready) input_.drain(channel_, buffer);
  fresh_ = false;
}

void Session::pass_on_eof() {
  // EOF reaches a pipe by closing it. A terminal knows no end of input: as sshd(8), nothing is
  // done.
  if (client_eof_ && stdin_ && !input_.has_backlog()) {
    input_.close();
    stdin_.reset();
  }
}

void Session::check_idle() {
  if (state_ == State::kClosed || ending_) return;
  const std::uint64_t moved = input_.bytes() + stdout_.bytes_read() + stderr_.bytes_read();
  switch (idle_.check(IdleTimer::Clock::now(), moved)) {
    case IdleTimer::Verdict::kFine:
      break;
    case IdleTimer::Verdict::kWarn:
      if (pty_ && state_ == State::kRunning) {
        stdout_.append("\r\n" + sentence(common::Failure::kIdleSoon) + "\r\n");
      }
      break;
    case IdleTimer::Verdict::kOver:
      end_idle();
      break;
  }
}

void Session::end_idle() {
  ended_idle_ = true;
  // A channel that asked for nothing, or a client that takes nothing, waits for no last word.
  const bool reachable = state_ != State::kIdle && !stdout_.has_pending() && !stderr_.has_pending();
  on_failed(common::Failure::kIdle);
  if (reachable) return;
  channel_.close();
  let_go();
}

void Session::say_farewell() {
  (pty_ ? stdout_ : stderr_).append(farewell_);
  farewell_.clear();
  stdout_.close();
  stderr_.close();
}

bool Session::conclude(Flow flow) {
  if (!ending_) return false;
  if (flow == Flow::kMoved) return !ending_sent_;
  if (flow != Flow::kIdle) return false;
  if (!farewell_.empty()) {
    say_farewell();
    return true;
  }
  send_ending();
  // What the program left behind may hold its outputs. As with sshd(8), a terminal ends with its
  // shell all the same; pipes are relayed to their end.
  if (pty_) stdout_.close();
  if (stdout_.finished() && stderr_.finished()) {
    channel_.close();
    let_go();
  }
  return false;
}

void Session::send_ending() {
  if (ending_sent_) return;
  ending_sent_ = true;
  if (const auto* exited = std::get_if<messages::SessionExited>(&*ending_)) {
    channel_.send_exit_status(exited->status);
  } else {
    const auto& signaled = std::get<messages::SessionSignaled>(*ending_);
    channel_.send_exit_signal(signal_name(static_cast<int>(signaled.signal)), signaled.core_dumped);
  }
}

void Session::let_go() {
  // The program learns it from its closed descriptors, sessiond from the control socket.
  state_ = State::kClosed;
  finish_sftp();
  if (number_ != 0) {
    monitor_.report_traffic(
        {number_, input_.bytes(), stdout_.bytes() + stderr_.bytes(), ended_idle_});
    number_ = 0;
  }
  control_.close();
  input_.close();
  stdin_.reset();
  stdout_.close();
  stderr_.close();
}

}  // namespace zomg::connection
