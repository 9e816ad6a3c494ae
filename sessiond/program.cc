#include "sessiond/program.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "common/limits.h"
#include "sessiond/environment.h"
#include "sessiond/passwd.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using messages::SessionKind;

constexpr std::array<const char*, 2> kSftpServers{
    "/usr/lib/openssh/sftp-server",
    "/usr/libexec/sftp-server",
};
constexpr std::array<const char*, 2> kFallbackShells{"/bin/bash", "/bin/sh"};

bool is_executable(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::string read_environment(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return {};
  std::string bytes(limits::kMaxContainerEnvironmentBytes, '\0');
  const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

/// The user's shell, or the first that there is where the passwd entry names none (as an image
/// without a passwd file).
std::string find_shell(const PasswdEntry& user) {
  if (!user.shell.empty()) return user.shell;
  for (const char* shell : kFallbackShells) {
    if (is_executable(shell)) return shell;
  }
  return kFallbackShells.back();
}

std::string find_sftp_server(const std::string& path) {
  for (const char* server : kSftpServers) {
    if (is_executable(server)) return server;
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const std::string server = path.substr(begin, end - begin) + "/sftp-server";
    if (server[0] == '/' && is_executable(server)) return server;
    begin = end + 1;
  }
  return {};
}

/// What the client asked for, for the command that runs in its place. As in sshd, a subsystem is
/// named by the command behind it, so that a script can run or recognise it; a shell by nothing.
void set_original_command(const messages::SessionPlan& plan, ProgramEnvironment& environment) {
  if (plan.kind == SessionKind::kExec) {
    environment.set("SSH_ORIGINAL_COMMAND", plan.command.value);
  } else if (plan.kind == SessionKind::kSftp) {
    const std::string server = find_sftp_server(environment.get("PATH"));
    environment.set("SSH_ORIGINAL_COMMAND", server.empty() ? kSftpServers[0] : server);
  }
}

/// What execve(2) takes.
class Arguments {
 public:
  explicit Arguments(const std::vector<std::string>& strings) {
    for (const std::string& string : strings) {
      pointers_.push_back(const_cast<char*>(string.c_str()));
    }
    pointers_.push_back(nullptr);
  }
  char* const* data() const { return pointers_.data(); }

 private:
  std::vector<char*> pointers_;
};

void reset_signals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

Failure become_program(const messages::SessionPlan& plan, int environment_fd,
                       const std::string& terminal) {
  const std::string container_environment = read_environment(environment_fd);
  ::close(environment_fd);
  const PasswdEntry user = read_passwd_entry(::getuid());
  const std::string shell = find_shell(user);
  ProgramEnvironment environment =
      build_environment(container_environment, user, shell, plan, terminal);

  const bool runs_sftp_server = plan.kind == SessionKind::kSftp && !plan.forced;
  std::string program = shell;
  std::vector<std::string> arguments;
  if (plan.forced) {
    set_original_command(plan, environment);
    arguments = {base_name(shell), "-c", plan.forced_command.value};
  } else if (runs_sftp_server) {
    program = find_sftp_server(environment.get("PATH"));
    if (program.empty()) return Failure::kNoSftpServer;
    arguments = {base_name(program)};
  } else if (plan.kind == SessionKind::kExec) {
    arguments = {base_name(shell), "-c", plan.command.value};
  } else {
    arguments = {"-" + base_name(shell)};
  }
  if (::chdir(user.home.c_str()) != 0 && ::chdir("/") != 0) return Failure::kEnterFailed;
  ::umask(022);
  reset_signals();
  ::execve(program.c_str(), Arguments(arguments).data(), Arguments(environment.entries()).data());
  return runs_sftp_server ? Failure::kNoSftpServer : Failure::kNoShell;
}

}  // namespace zomg::sessiond
