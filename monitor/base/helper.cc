#include "monitor/base/helper.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "monitor/base/started_program.h"

namespace zomg::monitor {

using common::Result;

Helper::Helper(EventLoop& loop, const Program& program, int null_fd, Callbacks callbacks)
    : loop_(loop),
      program_(program),
      null_fd_(null_fd),
      callbacks_(std::move(callbacks)),
      delay_(limits::kRestartDelay) {}

Helper::~Helper() {
  stop();
}

Result<void> Helper::start() {
  auto program = start_program(program_, null_fd_, null_fd_);
  if (!program) return program.error();
  channel_ = std::move(program->channel);
  child_ = std::move(program->child);
  started_ = EventLoop::Clock::now();
  loop_.watch(channel_.fd(), [this] { on_readable(); });
  loop_.watch(child_.pidfd(), [this] { on_end(); });
  if (auto told = callbacks_.on_start(channel_); !told) {
    // It has ended before it was told anything, and is started again as one that ends later.
    if (told.error().errno_value == EPIPE) {
      on_hangup();
      return {};
    }
    kill_program();
    return told.error().with_context(program_.name);
  }
  return {};
}

void Helper::stop() {
  stopped_ = true;
  loop_.cancel(restart_timer_);
  loop_.cancel(hangup_timer_);
  end_program();
  if (child_) loop_.forget(child_.pidfd());
  child_ = {};
}

void Helper::finish(std::chrono::milliseconds patience) {
  end_program();
  if (child_) {
    pollfd end{child_.pidfd(), POLLIN, 0};
    ::poll(&end, 1, static_cast<int>(patience.count()));
  }
  stop();
}

void Helper::on_readable() {
  auto packet = channel_.receive();
  if (!packet) {
    if (packet.error().errno_value == EAGAIN) return;
    // What it had not read when it closed the channel.
    if (packet.error().errno_value == ECONNRESET) return on_hangup();
    log::error("{}: {}", program_.name, packet.error().message);
    return kill_program();
  }
  if (packet->closed()) return on_hangup();
  if (auto done = callbacks_.on_packet(channel_, std::move(*packet)); !done) {
    log::error("{} broke the contract: {}", program_.name, done.error().message);
    kill_program();
  }
}

void Helper::on_hangup() {
  end_program();
  // It is about to end, and how it ends says why. One that stays is of no use to anybody.
  hangup_timer_ = loop_.after(limits::kHangupGrace, [this] { child_.kill(SIGKILL); });
}

void Helper::kill_program() {
  // One that was taken over would not go by itself, and would never be started again.
  child_.kill(SIGKILL);
  end_program();
}

void Helper::end_program() {
  if (!channel_) return;
  loop_.forget(channel_.fd());
  channel_.close();
}

void Helper::on_end() {
  loop_.forget(child_.pidfd());
  loop_.cancel(hangup_timer_);
  end_program();
  auto status = child_.wait();
  child_ = {};
  if (stopped_) return;
  if (status && status->signal == 0 && status->exit_code == 0) {
    // It wished to: something that it had read before its sandbox has changed.
    log::info("{} starts anew", program_.name);
    return start_later(limits::kRestartDelay);
  }
  // One that ran for a while starts from the shortest delay again.
  if (EventLoop::Clock::now() - started_ > limits::kMaxRestartDelay) delay_ = limits::kRestartDelay;
  const auto delay = back_off();
  log::error("{} ended with {}; starting it again in {} ms", program_.name,
             status ? status->describe() : status.error().message, delay.count());
  start_later(delay);
}

void Helper::start_later(std::chrono::milliseconds delay) {
  restart_timer_ = loop_.after(delay, [this] { start_again(); });
}

void Helper::start_again() {
  const auto started = start();
  if (started) return;
  log::error("{}", started.error().message);
  // One that came to run and was not told its first messages is started again at its end.
  if (!child_) start_later(back_off());
}

std::chrono::milliseconds Helper::back_off() {
  return std::exchange(delay_, std::min(delay_ * 2, limits::kMaxRestartDelay));
}

}  // namespace zomg::monitor
