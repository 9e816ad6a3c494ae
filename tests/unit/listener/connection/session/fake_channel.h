#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "listener/connection/protocol/channel.h"

namespace zomg::connection {

/// A Channel that remembers what was done with it.
class FakeChannel final : public Channel {
 public:
  std::size_t window() const override { return window_; }
  std::size_t write(std::string_view data, bool is_stderr) override {
    const std::size_t taken = std::min(data.size(), std::min(window_, most_per_write_));
    window_ -= taken;
    (is_stderr ? stderr_ : stdout_) += data.substr(0, taken);
    return taken;
  }
  std::size_t read(std::span<char> buffer) override {
    const std::size_t taken = std::min(buffer.size(), waiting_.size());
    std::memcpy(buffer.data(), waiting_.data(), taken);
    waiting_.erase(0, taken);
    return taken;
  }
  void limit_in_flight(std::size_t /*most*/) override {}
  void send_exit_status(std::uint32_t status) override {
    log_ += "status " + std::to_string(status) + ";";
  }
  void send_exit_signal(std::string_view name, bool core_dumped) override {
    log_ += "signal " + std::string(name) + (core_dumped ? " core;" : ";");
  }
  void close() override { log_ += "close;"; }

  std::size_t window_ = 1 << 20;
  std::size_t most_per_write_ = SIZE_MAX;
  std::string stdout_;
  std::string stderr_;
  /// Data from the client that on_data() left behind.
  std::string waiting_;
  /// What came after the data, in order.
  std::string log_;
};

}  // namespace zomg::connection
