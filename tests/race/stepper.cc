#include "race/stepper.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/check.h"

namespace zomg::race {
namespace {

constexpr int kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
constexpr int kSystemCallStop = SIGTRAP | 0x80;

bool is_birth(int event) {
  return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE;
}

[[noreturn]] void execute(const std::string& path, int channel, int log) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const bool ready = null >= 0 && ::dup2(null, 0) >= 0 && ::dup2(log, 2) >= 0 &&
                     ::dup2(null, 1) >= 0 && ::dup2(channel, 3) >= 0 &&
                     ::close_range(4, ~0U, 0) == 0;
  if (!ready || ::ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) ::_exit(1);
  char* const arguments[] = {const_cast<char*>(path.c_str()), nullptr};
  char* const environment[] = {nullptr};
  ::execve(path.c_str(), arguments, environment);
  ::_exit(1);
}

}  // namespace

Stepper::Stepper(const std::string& path, int channel, int log) : first_(::fork()) {
  CHECK(first_ >= 0);
  if (first_ == 0) execute(path, channel, log);
  int status = 0;
  CHECK(::waitpid(first_, &status, 0) == first_ && WIFSTOPPED(status));
  CHECK(::ptrace(PTRACE_SETOPTIONS, first_, 0, kOptions) == 0);
  find(first_);
  CHECK(::ptrace(PTRACE_SYSCALL, first_, 0, 0) == 0);
}

Stepper::~Stepper() {
  kill_all();
}

Stepper::Process& Stepper::find(pid_t pid) {
  const auto [found, is_new] = processes_.try_emplace(pid);
  if (is_new) found->second.number = numbered_++;
  seen_.insert(pid);
  return found->second;
}

void Stepper::run(const Hooks& hooks) {
  while (!processes_.empty() && !done_) {
    int status = 0;
    // Only ours: other children of the test are not its tracees' business.
    const pid_t pid = ::waitpid(-1, &status, __WALL | __WNOTHREAD);
    CHECK(pid > 0);
    if (!WIFSTOPPED(status)) {
      hooks.on_end(find(pid).number);
      processes_.erase(pid);
      continue;
    }
    on_stop(pid, status, hooks);
  }
}

void Stepper::on_stop(pid_t pid, int status, const Hooks& hooks) {
  Process& process = find(pid);
  const int signal = WSTOPSIG(status);
  int passed_on = 0;
  if (signal == kSystemCallStop) {
    __ptrace_syscall_info info{};
    const auto request = static_cast<__ptrace_request>(PTRACE_GET_SYSCALL_INFO);
    if (::ptrace(request, pid, sizeof(info), &info) > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      hooks.on_step({process.number, process.calls++}, pid, static_cast<long>(info.entry.nr));
    }
  } else if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8))) {
    if (!hooks.on_program(pid)) return stop();
  } else if (is_birth(status >> 16)) {
    // Now, if it was not seen yet: who made it may end before.
    unsigned long born = 0;
    CHECK(::ptrace(PTRACE_GETEVENTMSG, pid, 0, &born) == 0);
    if (seen_.count(static_cast<pid_t>(born)) == 0) find(static_cast<pid_t>(born));
  } else if (status >> 16 == 0 && signal != SIGSTOP && signal != SIGTRAP) {
    passed_on = signal;
  }
  // One that was killed meanwhile is told of by the next wait.
  (void)::ptrace(PTRACE_SYSCALL, pid, 0, passed_on);
}

void Stepper::kill_all() {
  for (const auto& [pid, process] : processes_) ::kill(pid, SIGKILL);
  while (!processes_.empty()) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, __WALL | __WNOTHREAD);
    if (pid < 0) break;
    if (WIFSTOPPED(status)) {
      processes_.try_emplace(pid);
      ::kill(pid, SIGKILL);
    } else {
      processes_.erase(pid);
    }
  }
}

}  // namespace zomg::race
