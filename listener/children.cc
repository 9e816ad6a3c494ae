#include "listener/children.h"

#include <signal.h>
#include <sys/wait.h>

#include "common/base/io/signals.h"
#include "common/base/log.h"

namespace zomg::listener {

common::Result<Children> Children::make() {
  auto signals = common::open_signals({SIGCHLD});
  if (!signals) return signals.error();
  return Children(std::move(*signals));
}

void Children::add(common::Child child, std::uint64_t connection) {
  const pid_t pid = child.pid();
  children_.insert_or_assign(pid, Serving{std::move(child), connection});
}

std::vector<std::uint64_t> Children::connections() const {
  std::vector<std::uint64_t> numbers;
  for (const auto& [pid, serving] : children_) {
    if (!serving.killed) numbers.push_back(serving.connection);
  }
  return numbers;
}

void Children::end(const std::unordered_set<std::uint64_t>& ended) {
  for (auto& [pid, serving] : children_) {
    if (serving.killed || !ended.contains(serving.connection)) continue;
    serving.killed = serving.ended;
    serving.ended = true;
    if (!serving.killed) continue;
    log::warning("connection process {} is killed: its connection has ended, and it goes on", pid);
    serving.child.kill(SIGKILL);
  }
}

std::vector<std::uint64_t> Children::reap() {
  std::vector<std::uint64_t> crashed;
  while (common::take_signal(signals_.get()) != 0) {
  }
  // Signals of one kind are merged, so the signal says only that somebody has ended.
  while (true) {
    siginfo_t ended{};
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) {
      return crashed;
    }
    const auto status = common::reap(ended.si_pid);
    auto child = children_.extract(ended.si_pid);
    if (!status || status->signal == 0) continue;
    const bool ours = !child.empty() && child.mapped().killed && status->signal == SIGKILL;
    if (ours) continue;
    log::warning(
        "connection process {} died by {}{}", ended.si_pid, status->describe(),
        status->signal == SIGSYS ? " (abort(3), or a system call outside its sandbox)" : "");
    if (!child.empty()) crashed.push_back(child.mapped().connection);
  }
}

}  // namespace zomg::listener
