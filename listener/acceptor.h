#pragma once

#include <chrono>
#include <span>
#include <unordered_set>

#include "common/ipc/channel.h"
#include "listener/children.h"
#include "listener/settings.h"

namespace zomg::listener {

/// The loop: accepts connections, asks the monitor about each, and starts a process for it.
class Acceptor {
 public:
  Acceptor(ipc::Channel monitor, Settings settings, Children children);

  /// Returns when the monitor is gone, or a new process would do better; an Error when the monitor breaks the
  /// contract.
  common::Result<void> run();

 private:
  /// Accepts one connection; false when there is none to be had now.
  bool accept_one(int listening_socket);
  common::Result<void> admit(common::Fd client);
  common::Result<void> start_connection(const common::Fd& client, const common::Fd& channel,
                                        std::uint64_t number);
  void report_crashes();
  /// Looks whether it is time to, and ends the processes whose connections the monitor has no more.
  void end_forgotten();
  /// Adds to `forgotten` which of `connections` the monitor has no more.
  bool ask_forgotten(std::span<const std::uint64_t> connections,
                     std::unordered_set<std::uint64_t>& forgotten);
  int timeout_ms() const;

  ipc::Channel monitor_;
  Settings settings_;
  Children children_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point next_look_{};
  bool exhausted_ = false;
  bool monitor_gone_ = false;
  bool crowded_ = false;
};

}  // namespace zomg::listener
