#pragma once

#include <functional>
#include <vector>

#include "common/messages/health.h"
#include "common/sandbox/identity.h"
#include "monitor/base/helper.h"

namespace zomg::monitor {

/// The program that serves health and metrics: an observer that is also told, again and again, what
/// the gateway is like. It is handed the sockets, and the monitor reads nothing from them.
class MetricsPublisher {
 public:
  struct Sources {
    std::function<messages::GatewayState()> state;
    std::function<messages::KeySources()> keys;
  };

  /// `sockets` listen on the addresses of ZOMG_SSH_METRICS_LISTEN.
  MetricsPublisher(EventLoop& loop, const Program& program, int null_fd,
                   std::vector<common::Fd> sockets, const sandbox::Account& account,
                   Sources sources);
  ~MetricsPublisher() { loop_.cancel(timer_); }
  MetricsPublisher(const MetricsPublisher&) = delete;
  MetricsPublisher& operator=(const MetricsPublisher&) = delete;

  bool enabled() const { return !sockets_.empty(); }
  common::Result<void> start();

  /// Where its events go.
  const ipc::Channel& channel() const { return helper_.channel(); }

 private:
  common::Result<void> on_start(const ipc::Channel& channel);
  void tell();

  EventLoop& loop_;
  std::vector<common::Fd> sockets_;
  sandbox::Account account_;
  Sources sources_;
  EventLoop::TimerId timer_ = 0;
  Helper helper_;
};

}  // namespace zomg::monitor
