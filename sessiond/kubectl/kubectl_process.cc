#include "sessiond/kubectl/kubectl_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "common/sandbox/task_attributes.h"
#include "sessiond/kubectl/scripts.h"

namespace zomg::kubectl {
namespace {

constexpr const char* kEndOfScript = "#.\n";

/// A shell that reads the script itself from stdin, by bytes, so that what follows is left there.
/// The first line is how remote_signal.sh finds the process.
std::string reader(std::string_view name, std::string_view id) {
  return fmt::format(
      "# zomg-ssh {} {}\n"
      "eval \"$(while IFS= read -r l && [ \"$l\" != '#.' ]; do printf '%s\\n' \"$l\"; done)\"",
      name, id);
}

std::vector<std::string> arguments(const messages::BoxClaim& box, bool terminal,
                                   std::vector<std::string> command) {
  std::vector<std::string> all{"kubectl",
                               fmt::format("--kubeconfig={}", kKubeconfigPath),
                               fmt::format("--namespace={}", box.kubernetes_namespace.value),
                               "exec",
                               "--stdin",
                               fmt::format("--tty={}", terminal),
                               fmt::format("--container={}", box.container.value),
                               box.pod.value,
                               "--",
                               "/bin/sh",
                               "-c"};
  for (std::string& word : command) all.push_back(std::move(word));
  return all;
}

/// Between fork and exec: nothing here allocates.
[[noreturn]] void exec_kubectl(int executable, char* const* argv, const Streams& streams) {
  static char home[] = "HOME=/";
  // Its threads are counted (monitor/base/resource_limits.h), and must not be more where there are more CPUs.
  static char cpus[] = "GOMAXPROCS=2";
  static char* const environment[] = {home, cpus, nullptr};
  // Copies above the targets first, so that no descriptor is overwritten before it is used.
  std::array<int, 4> copies{streams.input, streams.output, streams.error, executable};
  for (int& copy : copies) copy = ::fcntl(copy, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (::setsid() < 0 || (streams.terminal && ::ioctl(copies[0], TIOCSCTTY, 0) != 0)) ::_exit(126);
  for (int target = 0; target <= STDERR_FILENO; ++target) {
    if (!common::install_fd(copies[static_cast<std::size_t>(target)], target)) ::_exit(126);
  }
  if (::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) ::_exit(126);
  sandbox::reset_signals();
  ::syscall(SYS_execveat, copies[3], "", argv, environment, AT_EMPTY_PATH);
  constexpr std::string_view kFault =
      "it cannot be executed here; see what zomg-ssh-gateway --check says of kubectl\n";
  if (::write(STDERR_FILENO, kFault.data(), kFault.size()) < 0) ::_exit(126);
  ::_exit(127);
}

}  // namespace

std::vector<std::string> session_arguments(const messages::BoxClaim& box, std::string_view id,
                                           bool terminal) {
  return arguments(box, terminal, {reader("session", id)});
}

std::string session_input(std::string_view header) {
  return fmt::format("{}{}{}", kSessionScript, kEndOfScript, header);
}

std::vector<std::string> remote_signal_arguments(const messages::BoxClaim& box,
                                                 const SessionInBox& session,
                                                 std::string_view what) {
  return arguments(box, /*terminal=*/false,
                   {reader("remote_signal", "-"), "sh", session.id, std::string(what),
                    session.leader, session.leader_started, session.terminal ? "yes" : "no"});
}

std::string remote_signal_input() {
  return fmt::format("{}{}", kRemoteSignalScript, kEndOfScript);
}

common::Result<common::Child> start_kubectl(int executable,
                                            const std::vector<std::string>& arguments,
                                            const Streams& streams) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  auto child = common::fork_child();
  if (child && !*child) exec_kubectl(executable, argv.data(), streams);
  return child;
}

}  // namespace zomg::kubectl
