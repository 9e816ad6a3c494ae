#pragma once

#include <signal.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/child.h"
#include "common/messages/resolver.h"

namespace zomg::kubectl {

/// One run of errand.sh in the container of a session.
class Errand {
 public:
  using Clock = std::chrono::steady_clock;

  /// `what`: the name of a signal, or END. Its standard output goes to `null`.
  static common::Result<Errand> start(int kubectl, const messages::BoxClaim& box,
                                      const std::string& id, const std::string& what, int null);

  int pidfd() const { return child_.pidfd(); }
  /// When END is to be told to go on with its second half.
  std::optional<Clock::time_point> deadline() const { return deadline_; }
  /// Tells it.
  void go_on();
  /// Reaps it. False when the container could not be reached, but may be there.
  bool finish();
  void kill() const { child_.kill(SIGKILL); }

 private:
  Errand(common::Child child, common::Fd input, common::Fd complaints)
      : child_(std::move(child)), input_(std::move(input)), complaints_(std::move(complaints)) {}

  common::Child child_;
  common::Fd input_;
  common::Fd complaints_;
  std::optional<Clock::time_point> deadline_;
};

/// Whether what kubectl complains of is that the pod, or the container, is no more.
bool is_gone(std::string_view complaint);

}  // namespace zomg::kubectl
