// zomg-ssh-settings-reader: turns the operator's YAML file into names and values.
//
// Started by: the monitor, at start and on SIGHUP, for as long as it takes to read one file.
// Runs as:    nobody (65534), no capabilities, seccomp: read, write, memory. Where it was not
//             started by root (--check, --print-config), as who started it.
// Descriptors: 0 the file, 1 /dev/null, 2 the log, 3 a pipe to the monitor.
// Trusts:     nothing. That yaml-cpp loses its way in a broken file costs this process only: not
//             the monitor, which holds the host key and the sessions' channels.
// Dies:       when the file is read; by SIGKILL where that takes too long or too much memory.

#include <unistd.h>

#include "common/base/io/bytes.h"
#include "common/base/limits.h"
#include "common/program/run.h"
#include "monitor/helpers/settings_reader/sandbox.h"
#include "monitor/helpers/settings_reader/yaml_mapping.h"

namespace {

using namespace zomg;
using common::Fd;
using common::Result;

/// What stands at 3 is a pipe, not a channel.
Result<Fd> prepare(ipc::Channel pipe, program::Place& place) {
  constexpr sandbox::Account kNobody{65534, 65534};
  place.account = kNobody;
  return pipe.take_fd();
}

Result<void> serve(Fd& pipe) {
  auto text = common::read_all(STDIN_FILENO, limits::kMaxSettingsFileBytes);
  if (!text) return text.error();
  auto packet = ipc::encode(settings_reader::read_yaml_mapping(*text));
  if (!packet) return packet.error();
  return common::write_all(pipe.get(), *packet);
}

}  // namespace

int main() {
  return program::run(settings_reader::kRow, prepare, serve);
}
