#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/base/child.h"
#include "common/ipc/channel.h"
#include "monitor/base/programs.h"

namespace zomg::monitor::check {

/// One of our programs, started as the monitor starts it. It ends with this object.
class Helper {
 public:
  static common::Result<Helper> start(const Program& program);
  Helper(Helper&&) = default;
  Helper& operator=(Helper&&) = delete;
  ~Helper();

  const ipc::Channel& channel() const { return channel_; }

  /// The next packet, and not the channel's end. The Error says how the program ended.
  common::Result<ipc::Packet> await(std::chrono::seconds patience);

  template <ipc::Message M>
  common::Result<M> await_message(std::chrono::seconds patience) {
    auto packet = await(patience);
    if (!packet) return packet.error();
    return ipc::decode<M>(*packet);
  }

 private:
  Helper(common::Child child, ipc::Channel channel)
      : child_(std::move(child)), channel_(std::move(channel)) {}

  common::Child child_;  ///< empty once it was reaped
  ipc::Channel channel_;
};

/// What the programs that this one starts write to their stderr, from its beginning to its end.
class HelpersLog {
 public:
  HelpersLog();
  ~HelpersLog();
  HelpersLog(const HelpersLog&) = delete;
  HelpersLog& operator=(const HelpersLog&) = delete;

  /// What was written so far, which this also writes to our own stderr.
  std::string pass_on() const;

 private:
  common::Fd file_;
};

}  // namespace zomg::monitor::check
