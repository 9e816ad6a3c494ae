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
#include <signal.h>
#include <sys/prctl.h>

#include "common/base/child.h"
#include "common/base/log.h"
#include "common/ipc/shelf.h"
#include "monitor/helpers/keyring/host_files.h"
#include "monitor/helpers/keyring/keyring.h"
#include "monitor/helpers/keyring/sandbox.h"

namespace {

using namespace zomg;

int fail(const common::Error& error) {
  log::error("{}", error.message);
  return 1;
}

}  // namespace

int main() {
  // Started by descriptor, it would be called by the descriptor's number.
  ::prctl(PR_SET_NAME, "zomg-ssh-keyring");
  log::start("zomg-ssh-keyring", log::Level::kInfo);
  ::signal(SIGPIPE, SIG_IGN);

  ipc::Channel channel{common::Fd(common::kChannelFd)};
  std::vector<common::Fd> fds;
  auto settings = channel.receive_message<messages::KeyringSettings>(&fds);
  if (!settings) return fail(settings.error());
  keyring::StateFiles files;
  if (!fds.empty()) {
    auto kept = ipc::take_from_shelf(fds[0].get());
    if (!kept) return fail(kept.error());
    if (kept->size() != 2) return fail(common::error("{} state files", kept->size()));
    files = keyring::StateFiles(std::move((*kept)[0]), std::move((*kept)[1]));
    fds.clear();
  }

  auto ca_bundle =
      keyring::read_ca_bundle(settings->ca_file.value, common::StrictModes{settings->strict_modes});
  if (!ca_bundle) return fail(ca_bundle.error().with_context("CA certificates"));
  if (auto loaded = keyring::load_curl(); !loaded) return fail(loaded.error());
  if (auto entered =
          keyring::enter_sandbox({settings->uid, settings->gid}, keyring::resolver_files());
      !entered) {
    return fail(entered.error().with_context("sandbox"));
  }

  keyring::Keyring keys(std::move(channel), std::move(*settings), std::move(*ca_bundle),
                        std::move(files));
  const auto served = keys.run();
  if (served) return 0;
  // The monitor's end may close while something is being told.
  if (served.error().errno_value == EPIPE || served.error().errno_value == ECONNRESET) return 0;
  return fail(served.error());
}
