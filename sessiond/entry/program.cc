#include "sessiond/entry/program.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "common/base/io/bytes.h"
#include "common/sandbox/task_attributes.h"

namespace zomg::sessiond {
namespace {

using common::Failure;

/// What execve(2) takes of a list of strings.
template <typename List>
std::vector<char*> pointers(const List& list) {
  std::vector<char*> pointers;
  pointers.reserve(list.value.size() + 1);
  for (const auto& text : list.value) pointers.push_back(const_cast<char*>(text.value.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// Why execve(2) did not.
Failure failure_of_exec(int error) {
  switch (error) {
    case E2BIG:
      return Failure::kArgumentsTooLong;
    case EACCES:
    case EPERM:
    case ENOEXEC:
      return Failure::kNotExecutable;
    default:
      return Failure::kNoShell;
  }
}

/// As sshd(8) has it: the user's own word, so it is the user who looks.
void show_motd(std::string_view text, bool at_home) {
  if (text.empty() || (at_home && ::access(".hushlogin", F_OK) == 0)) return;
  (void)common::write_all(STDOUT_FILENO, text).has_value();
}

}  // namespace

Failure become_program(const ProgramStart& start) {
  const auto arguments = pointers(start.invocation.arguments);
  const auto environment = pointers(start.invocation.environment);
  const char* directory = start.invocation.directory.value.c_str();
  if (::setsid() < 0 || !start.streams.take_terminal()) return Failure::kEnterFailed;
  // A home directory may be the name of a descriptor in /proc; none leads out of the box by now.
  const bool at_home = ::chdir(directory) == 0;
  if (!at_home && ::chdir("/") != 0) return Failure::kEnterFailed;
  show_motd(start.invocation.motd, at_home);
  ::umask(start.umask);
  sandbox::reset_signals();
  if (!apply_resource_limits(start.limits)) return Failure::kNotConfined;
  if (start.filter != nullptr) {
    // From here on the filter may forbid anything but what runc needs, too: capset and execve.
    if (!start.filter->load()) return Failure::kNotConfined;
    if (start.confinement.filter_needs_privilege() && !drop_filter_privilege(start.confinement)) {
      return Failure::kNotConfined;
    }
  }
  ::execve(start.invocation.program.value.c_str(), arguments.data(), environment.data());
  return failure_of_exec(errno);
}

}  // namespace zomg::sessiond
