#include "monitor/base/programs.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <vector>

#include "common/base/seal.h"

namespace zomg::monitor {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

Result<Program> open_program(const std::string& directory, const std::string& name, int flags) {
  const std::array candidates{directory + "/" + name,
                              directory + "/" ZOMG_HELPER_DIRECTORY "/" + name};
  for (const std::string& path : candidates) {
    Fd executable(::open(path.c_str(), flags | O_CLOEXEC));
    if (executable) return Program{name, std::move(executable)};
    if (errno != ENOENT) return errno_error("{}", path);
  }
  return common::error("the program {} is neither at {} nor at {}", name, candidates[0],
                       candidates[1]);
}

Result<Program> sealed_copy(Program program) {
  struct stat status {};
  if (::fstat(program.executable.get(), &status) != 0) return errno_error("{}", program.name);
  // A kernel from 6.3 on may be set to refuse to execute what does not say so (vm.memfd_noexec).
  constexpr unsigned kMfdExec = 0x0010;
  Fd copy(::memfd_create(program.name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING | kMfdExec));
  if (!copy && errno == EINVAL) {
    copy.reset(::memfd_create(program.name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  }
  if (!copy) return errno_error("memfd_create");
  for (off_t left = status.st_size; left > 0;) {
    const ssize_t sent =
        ::sendfile(copy.get(), program.executable.get(), nullptr, static_cast<std::size_t>(left));
    if (sent <= 0) return errno_error("copy {}", program.name);
    left -= sent;
  }
  if (::fchmod(copy.get(), 0500) != 0) return errno_error("fchmod {}", program.name);
  if (auto sealed = common::seal(copy.get()); !sealed) {
    return sealed.error().with_context(program.name);
  }
  return Program{program.name, std::move(copy)};
}

}  // namespace

Result<std::string> own_directory() {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) return errno_error("readlink /proc/self/exe");
  const std::string exe(path.data(), static_cast<std::size_t>(size));
  return exe.substr(0, exe.rfind('/'));
}

Result<Fd> open_kubectl(const std::string& path) {
  constexpr std::array kUsual{"/usr/local/bin/kubectl", "/usr/bin/kubectl", "/bin/kubectl"};
  std::vector<std::string> candidates(kUsual.begin(), kUsual.end());
  if (!path.empty()) candidates = {path};
  for (const std::string& candidate : candidates) {
    Fd executable(::open(candidate.c_str(), O_PATH | O_CLOEXEC));
    if (executable) return executable;
    if (!path.empty() || errno != ENOENT) return errno_error("{}", candidate);
  }
  return common::error("there is no kubectl in /usr/local/bin, /usr/bin or /bin");
}

Result<Programs> open_programs() {
  auto directory = own_directory();
  if (!directory) return directory.error();
  auto listener = open_program(*directory, "zomg-ssh-listener", O_PATH);
  if (!listener) return listener.error();
  auto connection = open_program(*directory, "zomg-ssh-connection", O_PATH);
  if (!connection) return connection.error();
  auto resolver = open_program(*directory, "zomg-ssh-resolver", O_PATH);
  if (!resolver) return resolver.error();
  auto keyring = open_program(*directory, "zomg-ssh-keyring", O_PATH);
  if (!keyring) return keyring.error();
  auto kubernetes = open_program(*directory, "zomg-ssh-kubernetes", O_PATH);
  if (!kubernetes) return kubernetes.error();
  auto kubectl_session = open_program(*directory, "zomg-ssh-kubectl", O_PATH);
  if (!kubectl_session) return kubectl_session.error();
  auto audit = open_program(*directory, "zomg-ssh-audit", O_PATH);
  if (!audit) return audit.error();
  auto metrics = open_program(*directory, "zomg-ssh-metrics", O_PATH);
  if (!metrics) return metrics.error();
  auto recorder = open_program(*directory, "zomg-ssh-recorder", O_PATH);
  if (!recorder) return recorder.error();
  auto file_reader = open_program(*directory, "zomg-ssh-file-reader", O_PATH);
  if (!file_reader) return file_reader.error();
  auto settings_reader = open_program(*directory, "zomg-ssh-settings-reader", O_PATH);
  if (!settings_reader) return settings_reader.error();
  auto sessiond = open_program(*directory, "zomg-ssh-sessiond", O_RDONLY);
  if (!sessiond) return sessiond.error();
  auto sealed = sealed_copy(std::move(*sessiond));
  if (!sealed) return sealed.error();
  return Programs{std::move(*listener),    std::move(*connection),      std::move(*resolver),
                  std::move(*keyring),     std::move(*kubernetes),      std::move(*kubectl_session),
                  std::move(*audit),       std::move(*metrics),         std::move(*recorder),
                  std::move(*file_reader), std::move(*settings_reader), std::move(*sealed)};
}

Result<Program> open_log_program() {
  auto directory = own_directory();
  if (!directory) return directory.error();
  return open_program(*directory, "zomg-ssh-log", O_PATH);
}

Result<Program> open_settings_reader() {
  auto directory = own_directory();
  if (!directory) return directory.error();
  return open_program(*directory, "zomg-ssh-settings-reader", O_PATH);
}

}  // namespace zomg::monitor
