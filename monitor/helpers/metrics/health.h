#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/messages/health.h"

namespace zomg::metrics {

/// What the monitor tells again and again, and what it means for who asks whether the gateway is
/// well.
class Health {
 public:
  using Clock = std::chrono::steady_clock;

  void set(const messages::GatewayState& state, Clock::time_point now);
  void set(messages::KeySources sources) { sources_ = std::move(sources); }

  /// The last that was told; nothing before the first.
  const std::optional<messages::GatewayState>& state() const { return state_; }
  const messages::KeySources& sources() const { return sources_; }

  /// An answer, and the lines that say why.
  struct Answer {
    bool good = false;
    std::string text;
  };
  /// Whether the gateway should be left to run: its monitor is alive.
  Answer alive(Clock::time_point now) const;
  /// Whether clients should be sent to it: the monitor answers, the listener accepts, and somebody
  /// can log in.
  Answer ready(Clock::time_point now) const;

 private:
  bool monitor_answers(Clock::time_point now) const;
  bool listener_accepts() const;
  bool has_keys() const;

  std::optional<messages::GatewayState> state_;
  messages::KeySources sources_;
  Clock::time_point told_;
  /// Connections waited, and none was accepted, from one state to the next.
  bool stuck_ = false;
};

}  // namespace zomg::metrics
