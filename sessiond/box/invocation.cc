#include "sessiond/box/invocation.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sessiond/box/environment.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using messages::BoxUserKind;
using messages::SessionKind;

/// Where Debian and the BSDs have it.
constexpr std::array<const char*, 2> kSftpServers{
    "/usr/lib/openssh/sftp-server",
    "/usr/libexec/sftp-server",
};
/// Looked at after PATH. Fedora and its like; Alpine, Arch and openSUSE; Gentoo; NixOS; Guix; what
/// was built from source.
constexpr std::array<const char*, 8> kOtherSftpServers{
    "/usr/libexec/openssh/sftp-server",
    "/usr/lib/ssh/sftp-server",
    "/usr/lib/misc/sftp-server",
    "/usr/lib64/misc/sftp-server",
    "/run/current-system/sw/libexec/sftp-server",
    "/run/current-system/profile/libexec/sftp-server",
    "/usr/local/libexec/sftp-server",
    "/usr/local/lib/openssh/sftp-server",
};
constexpr std::array<const char*, 2> kFallbackShells{"/bin/bash", "/bin/sh"};

bool is_program(const struct stat& status) {
  return S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0;
}

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && is_program(status);
}

/// Whether it is sure that `path` cannot be executed. It may lie where only its user can look.
bool is_missing(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return !is_program(status);
  return errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
}

/// The user's shell, or the first that there is where the passwd entry names none (as an image
/// without a passwd file).
std::string find_shell(const PasswdEntry& user) {
  if (!user.shell.empty()) return user.shell;
  for (const char* shell : kFallbackShells) {
    if (is_program(shell)) return shell;
  }
  return kFallbackShells.back();
}

std::string find_sftp_server(const std::string& path) {
  for (const char* server : kSftpServers) {
    if (is_program(server)) return server;
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const std::string server = path.substr(begin, end - begin) + "/sftp-server";
    if (server[0] == '/' && is_program(server)) return server;
    begin = end + 1;
  }
  for (const char* server : kOtherSftpServers) {
    if (is_program(server)) return server;
  }
  return {};
}

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
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

/// The arguments by which a shell runs the plan.
std::vector<std::string> shell_arguments(const messages::SessionPlan& plan,
                                         const std::string& shell) {
  if (plan.forced) return {base_name(shell), "-c", plan.forced_command.value};
  if (plan.kind == SessionKind::kExec) return {base_name(shell), "-c", plan.command.value};
  return {"-" + base_name(shell)};
}

Invocation failed(Failure failure) {
  Invocation invocation;
  invocation.failure = failure;
  return invocation;
}

}  // namespace

std::optional<PasswdEntry> choose_user(const messages::BoxUser& wanted, const Identity& container,
                                       std::string_view passwd) {
  if (wanted.kind == BoxUserKind::kName) return find_passwd_entry(passwd, wanted.name.value);
  const bool containers = wanted.kind == BoxUserKind::kContainer;
  const unsigned uid = containers ? container.uid : wanted.uid;
  auto entry = find_passwd_entry(passwd, uid);
  if (!entry) {
    entry.emplace();
    entry->uid = uid;
    entry->gid = uid == 0 ? 0 : container.gid;
    if (uid != 0) entry->name = std::to_string(uid);
  }
  // Whatever the box's passwd says of it: root's group is root, the container's is its process's.
  if (containers) entry->gid = container.gid;
  if (!containers && uid == 0) entry->gid = 0;
  return entry;
}

bool has_own_groups(const messages::BoxUser& wanted, uid_t uid, const Identity& container) {
  if (uid == 0) return false;
  if (wanted.kind == BoxUserKind::kName) return true;
  return wanted.kind == BoxUserKind::kUid && uid != container.uid;
}

Invocation build_invocation(const messages::SessionPlan& plan, const PasswdEntry& user,
                            std::string_view container_environment, const std::string& terminal) {
  const std::string shell = find_shell(user);
  ProgramEnvironment environment =
      build_environment(container_environment, user, shell, plan, terminal);
  Invocation invocation;
  invocation.uid = user.uid;
  invocation.gid = user.gid;
  invocation.directory = std::string_view(environment.get("HOME"));
  std::string program = shell;
  std::vector<std::string> arguments;
  if (plan.kind == SessionKind::kSftp && !plan.forced) {
    program = find_sftp_server(environment.get("PATH"));
    if (program.empty()) return failed(Failure::kNoSftpServer);
    arguments = {base_name(program)};
  } else {
    if (is_missing(shell)) return failed(Failure::kNoShell);
    arguments = shell_arguments(plan, shell);
  }
  if (plan.forced) set_original_command(plan, environment);
  for (const std::string& argument : arguments) {
    invocation.arguments.value.emplace_back(std::string_view(argument));
  }
  invocation.program = std::string_view(program);
  for (const std::string& entry : environment.entries()) {
    invocation.environment.value.emplace_back(std::string_view(entry));
  }
  return invocation;
}

}  // namespace zomg::sessiond
