// zomg-ssh-keyring: fetches the keys of GitHub users.
//
// Started by: the monitor, as root, once; again when it has ended.
// Runs as:    the account in KeyringSettings, no capabilities, in the gateway's network.
// Sees:       a root with copies of what names are resolved by; seccomp allow-list (sandbox.cc).
// Descriptors: 0 and 1 /dev/null, 2 the log, 3 the channel to the monitor, the two state files.
// Trusts:     the monitor. Not the server's answers, although TLS says whose they are, nor the
//             state files before their checksum. What it reports is a claim.
//             Who takes it over can let in anybody whom the users of ZOMG_SSH_GITHUB_USERS could.
// Dies:       with 0 when the monitor closes the channel; with 1 when the monitor breaks the
//             contract, the sandbox cannot be had, or only a new process can reach the server.
#include <cerrno>

#include "common/ipc/shelf.h"
#include "common/program/run.h"
#include "monitor/helpers/keyring/host_files.h"
#include "monitor/helpers/keyring/keyring.h"
#include "monitor/helpers/keyring/sandbox.h"

namespace {

using namespace zomg;

struct Work {
  ipc::Channel monitor;
  messages::KeyringSettings settings;
  std::string ca_bundle;
  keyring::StateFiles files;
};

common::Result<keyring::StateFiles> take_state_files(int shelf) {
  auto kept = ipc::take_from_shelf(shelf);
  if (!kept) return kept.error();
  if (kept->size() != 2) return common::error("{} state files", kept->size());
  return keyring::StateFiles(std::move((*kept)[0]), std::move((*kept)[1]));
}

common::Result<Work> prepare(ipc::Channel monitor, program::Place& place) {
  std::vector<common::Fd> fds;
  auto settings = monitor.receive_message<messages::KeyringSettings>(&fds);
  if (!settings) return settings.error().with_context("settings");
  auto files = fds.empty() ? keyring::StateFiles() : take_state_files(fds[0].get());
  if (!files) return files.error();
  auto ca_bundle =
      keyring::read_ca_bundle(settings->ca_file.value, common::StrictModes{settings->strict_modes});
  if (!ca_bundle) return ca_bundle.error().with_context("CA certificates");
  if (auto loaded = keyring::load_curl(); !loaded) return loaded.error();
  place.account = {settings->uid, settings->gid};
  place.files = keyring::resolver_files();
  return Work{std::move(monitor), std::move(*settings), std::move(*ca_bundle), std::move(*files)};
}

common::Result<void> serve(Work& work) {
  keyring::Keyring keys(std::move(work.monitor), std::move(work.settings),
                        std::move(work.ca_bundle), std::move(work.files));
  auto served = keys.run();
  if (served) return {};
  // The monitor's end may close while something is being told.
  if (served.error().errno_value == EPIPE || served.error().errno_value == ECONNRESET) return {};
  return served;
}

}  // namespace

int main() {
  return program::run(keyring::kRow, prepare, serve);
}
