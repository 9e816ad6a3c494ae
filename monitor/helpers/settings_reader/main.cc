// zomg-ssh-settings-reader: turns the operator's YAML file into names and values.
//
// Started by: the monitor, at start and on SIGHUP, for as long as it takes to read one file.
// Runs as:    nobody (65534), no capabilities, seccomp: read, write, memory. Where it was not
//             started by root (--check, --print-config), as who started it.
// Descriptors: 0 the file, 1 /dev/null, 2 the log, 3 a pipe to the monitor.
// Trusts:     nothing. That yaml-cpp loses its way in a broken file costs this process only: not
//             the monitor, which holds the host key and the sessions' channels.
// Dies:       when the file is read; by SIGKILL where that takes too long or too much memory.

#include <sys/prctl.h>
#include <unistd.h>

#include <array>

#include "common/base/child.h"
#include "common/base/log.h"
#include "monitor/helpers/settings_reader/sandbox.h"
#include "monitor/helpers/settings_reader/yaml_mapping.h"

namespace {

using namespace zomg;
using common::Result;

Result<std::string> read_all(int fd) {
  std::string text;
  std::array<char, 64UL * 1024> buffer{};
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0) return common::errno_error("read");
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > limits::kMaxSettingsFileBytes) {
      return common::error("over {} bytes", limits::kMaxSettingsFileBytes);
    }
  }
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0) return common::errno_error("write");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> run() {
  if (auto entered = settings_reader::enter_sandbox(); !entered) return entered;
  auto text = read_all(STDIN_FILENO);
  if (!text) return text.error();
  auto packet = ipc::encode(settings_reader::read_yaml_mapping(*text));
  if (!packet) return packet.error();
  return write_all(common::kChannelFd, *packet);
}

}  // namespace

int main() {
  // Started by descriptor, it would be called by the descriptor's number.
  ::prctl(PR_SET_NAME, "zomg-ssh-settings-reader");
  log::start("zomg-ssh-settings-reader", log::Level::kInfo);
  const auto done = run();
  if (done) return 0;
  log::error("{}", done.error().message);
  return 1;
}
