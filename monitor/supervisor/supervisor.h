#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/base/child.h"
#include "common/ipc/channel.h"
#include "common/messages/supervisor.h"
#include "monitor/base/event_loop.h"
#include "monitor/supervisor/log_process.h"

namespace zomg::monitor {

/// The name by which the supervisor starts its own program as the monitor.
inline constexpr const char* kMonitorName = "zomg-ssh-monitor";

/// The process that an operator starts, and that does next to nothing: it starts the monitor, and
/// again when that has crashed; keeps the listening sockets meanwhile, so that clients wait rather
/// than being refused; passes signals on; and is the parent of what a dead monitor leaves behind.
/// It reads no setting, no key and no byte of a client.
class Supervisor {
 public:
  struct KeptSocket {
    messages::SocketUse use;
    common::Fd fd;
  };

  /// `program` is the path of the monitor's program; `sockets` are those that the service manager
  /// passed. `log` is started again when it has ended, and outlives this object.
  Supervisor(std::string program, std::vector<KeptSocket> sockets, LogProcess& log);

  /// Runs until a monitor ended as it was told to, or the first one could not serve. The exit
  /// status of the gateway.
  common::Result<int> run();

 private:
  common::Result<void> start_monitor();
  common::Result<void> hand_over() const;
  void on_packet();
  common::Result<void> take(ipc::Packet packet);
  void on_signal();
  void stop();
  void end_orphans();
  void signal_orphans() const;
  void reap();
  void on_monitor_end(const common::Result<common::ExitStatus>& status);
  void restart_later();
  void restart_log_later();
  /// Tells the service manager, as soon as it listens.
  void tell_manager(const std::string& state);
  void finish_if_done();

  std::string program_;
  std::vector<KeptSocket> sockets_;
  LogProcess& log_;
  EventLoop loop_;
  common::Fd signals_;
  ipc::Channel channel_;
  common::Child monitor_;
  EventLoop::Clock::time_point started_;
  std::chrono::milliseconds delay_;
  EventLoop::TimerId restart_timer_ = 0;
  EventLoop::TimerId reap_timer_ = 0;
  /// The process groups of monitors that have died: their sessions and connections.
  std::vector<pid_t> orphans_;
  std::chrono::seconds drain_time_{0};
  bool has_served_ = false;
  bool stopping_ = false;
  bool impatient_ = false;
  bool drained_ = false;  ///< the drain time is over
  int status_ = 0;
};

}  // namespace zomg::monitor
