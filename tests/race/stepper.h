#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <set>
#include <string>

namespace zomg::race {

/// A moment in the life of a program and of what it forks: just before system call number `call`
/// (from 0) of its process number `process`, in the order in which they were made. A process does
/// the same calls in every run, however the processes take turns.
struct Step {
  int process = 0;
  int call = 0;
  auto operator<=>(const Step&) const = default;
};

/// Runs a program with ptrace(2), so that it stands still before each of its system calls. Nothing
/// of it is changed or built otherwise.
class Stepper {
 public:
  struct Hooks {
    /// Before each system call; the process stands still until this returns.
    std::function<void(Step step, pid_t pid, long number)> on_step;
    /// A process that the program forked has executed something. It stands still. False ends all;
    /// true, and it runs on.
    std::function<bool(pid_t pid)> on_program;
    /// A process has ended; its number.
    std::function<void(int process)> on_end = [](int) {};
  };

  /// Starts `path` with `channel` as descriptor 3 and no others but 0, 1 and 2.
  Stepper(const std::string& path, int channel, int log);
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;
  ~Stepper();

  /// Runs it until no process of it is left, on_program() wants no more, or stop(). Who is left of it
  /// ends with this object.
  void run(const Hooks& hooks);
  /// For a hook.
  void stop() { done_ = true; }

 private:
  struct Process {
    int number = 0;
    int calls = 0;
  };

  Process& find(pid_t pid);
  void on_stop(pid_t pid, int status, const Hooks& hooks);
  void kill_all();

  pid_t first_;
  std::map<pid_t, Process> processes_;
  std::set<pid_t> seen_;  ///< those that have ended, too
  int numbered_ = 0;
  bool done_ = false;
};

}  // namespace zomg::race
