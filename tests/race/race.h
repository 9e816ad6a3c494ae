#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/base/failure.h"
#include "race/raced_box.h"
#include "race/stepper.h"

namespace zomg::race {

/// Who there is of sessiond, in the order in which they are made: the one that sessions are forked from, a
/// session's supervisor, and the two that go into the box one after the other.
constexpr int kZygote = 0;
constexpr int kSupervisor = 1;
constexpr int kWaiting = 2;
constexpr int kEntering = 3;

/// What a session has at the moment that its program begins, as /proc shows it to the host.
struct Session {
  std::map<std::string, std::string> status;
  std::map<std::string, std::string> namespaces;
  std::string cgroups;
  std::string limits;
  std::string oom_score_adj;
};

/// What became of a try to enter a box.
struct Outcome {
  /// Nothing where it was refused.
  std::optional<Session> session;
  common::Failure failure = common::Failure::kNone;
  /// Whether the monitor would try another way into the box.
  bool another_way = false;
  /// How many system calls each process did up to there.
  std::map<int, int> calls;
  std::string log;
};

/// The state of a process as it would be a session's.
Session look_at(pid_t pid);

/// Has the process `pid` before it when it is called, which stands still.
using OnStep = std::function<void(Step step, pid_t pid, long number)>;

/// Has zomg-ssh-sessiond enter `box`, as the monitor does. `on_step` is called before each of its
/// system calls. `options` are what the runtime recorded of the box.
Outcome enter(const RacedBox& box, const BoxOptions& options, const OnStep& on_step);

/// How it went on with a session whose program runs until it is ended.
struct Aftermath {
  bool started = false;     ///< there was a program
  bool supervised = false;  ///< and sessiond, confined, waited for its end
  bool left = false;        ///< sessiond ended, and the program did not
  std::string log;
};

/// As enter(), until sessiond ends or waits for the end of the program. `fails` is asked before each system
/// call up to the supervisor's, not those of whom that forks, whether the kernel refuses it.
Aftermath supervise(const RacedBox& box, const BoxOptions& options,
                    const std::function<bool(long number)>& fails);

}  // namespace zomg::race
