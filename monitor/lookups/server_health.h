#pragma once

#include <chrono>
#include <optional>

namespace zomg::monitor {

/// How the API server answers, as the program that asks it tells: by that a box of this node waits
/// for its word. Users' lookups that wait in our own queue are no sign of how it is.
class ServerHealth {
 public:
  using Clock = std::chrono::steady_clock;

  /// A lookup is to be made: something of the server will be heard.
  void ask(Clock::time_point now);
  /// A lookup has ended. `took`: for the server's slowest answer. `others`: more are to end.
  void hear(bool fails, Clock::duration took, bool others, Clock::time_point now);
  /// The program was started again.
  void start(bool asked, Clock::time_point now);

  /// For how much longer one should wait who can do without: none, if the server fails or is silent;
  /// else for a while from when its lookup was `sent`. One that was not sent yet waits.
  Clock::duration patience(std::optional<Clock::time_point> sent, Clock::time_point now) const;

 private:
  Clock::duration grace() const;

  bool fails_ = false;
  /// The slowest answer of late.
  Clock::duration takes_{};
  /// Since when something is to be heard of it, and nothing was.
  std::optional<Clock::time_point> quiet_since_;
};

}  // namespace zomg::monitor
