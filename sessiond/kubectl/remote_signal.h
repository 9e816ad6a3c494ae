#pragma once

#include <signal.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/child.h"
#include "common/messages/resolver.h"
#include "sessiond/kubectl/kubectl_process.h"

namespace zomg::kubectl {

/// One run of remote_signal.sh in the container of a session.
class RemoteSignal {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr const char* kEnd = "END";
  static constexpr const char* kDone = "DONE";

  /// `what`: the name of a signal, END or DONE. Its standard output goes to `null`.
  static common::Result<RemoteSignal> start(int kubectl, const messages::BoxClaim& box,
                                            const SessionInBox& session, const std::string& what,
                                            int null);

  int pidfd() const { return child_.pidfd(); }
  const std::string& what() const { return what_; }
  /// When END is to be told to go on with its next part.
  std::optional<Clock::time_point> deadline() const { return deadline_; }
  /// Tells it.
  void go_on();
  /// Reaps it. False when the container could not be reached, but may be there.
  bool finish();
  void kill() const { child_.kill(SIGKILL); }

 private:
  RemoteSignal(common::Child child, std::string what, common::Fd input, common::Fd complaints)
      : child_(std::move(child)),
        what_(std::move(what)),
        input_(std::move(input)),
        complaints_(std::move(complaints)) {}

  common::Child child_;
  std::string what_;
  common::Fd input_;
  common::Fd complaints_;
  std::optional<Clock::time_point> deadline_;
  std::optional<Clock::time_point> last_deadline_;
};

/// Whether what kubectl complains of is that the pod, or the container, is no more.
bool is_gone(std::string_view complaint);

}  // namespace zomg::kubectl
