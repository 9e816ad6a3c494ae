#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "common/base/child.h"
#include "common/ipc/channel.h"
#include "monitor/base/event_loop.h"
#include "monitor/base/programs.h"

namespace zomg::monitor {

/// A long-lived program of ours (listener, resolver, keyring, audit) that the monitor starts, talks
/// to, and starts again, with growing delays, when it ends or could not be started again.
class Helper {
 public:
  struct Callbacks {
    /// The program runs; its first messages are to be sent. An Error ends it: without them it would
    /// wait for ever.
    std::function<common::Result<void>(const ipc::Channel&)> on_start;
    /// A packet came. An Error ends the program, which is then started again. By default, as for an
    /// observer, any packet is one.
    std::function<common::Result<void>(const ipc::Channel&, ipc::Packet)> on_packet =
        [](const ipc::Channel&, const ipc::Packet&) { return common::error("it has no say"); };
  };

  Helper(EventLoop& loop, const Program& program, int null_fd, Callbacks callbacks);
  ~Helper();
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  /// Starts the program. An Error only when it could not be started at all.
  common::Result<void> start();
  /// Lets the program end (it does when its channel closes) and does not start it again.
  void stop();
  /// As stop(), and waits for the program's end, at most `patience`.
  void finish(std::chrono::milliseconds patience);

  const ipc::Channel& channel() const { return channel_; }
  bool running() const { return static_cast<bool>(channel_); }

 private:
  void on_readable();
  /// It has closed its channel.
  void on_hangup();
  void on_end();
  void start_later(std::chrono::milliseconds delay);
  void start_again();
  /// The delay of now; the next is longer.
  std::chrono::milliseconds back_off();
  void kill_program();
  void end_program();

  EventLoop& loop_;
  const Program& program_;
  int null_fd_;
  Callbacks callbacks_;
  ipc::Channel channel_;
  common::Child child_;
  bool stopped_ = false;
  EventLoop::Clock::time_point started_;
  std::chrono::milliseconds delay_;
  EventLoop::TimerId restart_timer_ = 0;
  EventLoop::TimerId hangup_timer_ = 0;
};

}  // namespace zomg::monitor
