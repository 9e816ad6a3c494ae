// zomg-ssh-resolver: finds the pod, the container and its first process behind a login name.
//
// Started by: the monitor, as root, once; again when it has ended.
// Runs as:    the account in ResolverSettings, with the group of the CRI socket, no capabilities.
// Sees:       an empty root with the directory of the CRI socket; seccomp allow-list (sandbox.cc).
// Descriptors: 0 and 1 /dev/null, 2 the log, 3 the channel to the monitor.
// Trusts:     the monitor's requests as far as their type says. Not the runtime's answers: pods'
//             labels, annotations and environments are their owners'. What it reports is a claim.
//             Who takes it over has the CRI socket, which is as good as root on the node.
// Dies:       with 0 when the monitor closes the channel, or to be counted as another user; with 1 when the monitor breaks the
//             contract, the sandbox cannot be had, or only a new process can reach the runtime.
#include <signal.h>
#include <sys/prctl.h>

#include "common/base/child.h"
#include "common/base/log.h"
#include "common/ipc/channel.h"
#include "common/messages/resolver.h"
#include "monitor/helpers/lookup/service.h"
#include "monitor/helpers/resolver/cri/cri_client.h"
#include "monitor/helpers/resolver/cri/cri_socket.h"
#include "monitor/helpers/resolver/cri/grpc_call.h"
#include "monitor/helpers/resolver/cri_lookup.h"
#include "monitor/helpers/resolver/sandbox.h"

namespace {

using namespace zomg;

int fail(const common::Error& error) {
  log::error("cannot start: {}", error.message);
  return 1;
}

}  // namespace

int main() {
  // Started by descriptor, it would be called by the descriptor's number.
  ::prctl(PR_SET_NAME, "zomg-ssh-resolver");
  log::start("zomg-ssh-resolver", log::Level::kInfo);
  ::signal(SIGPIPE, SIG_IGN);

  ipc::Channel channel{common::Fd(common::kChannelFd)};
  const auto settings = channel.receive_message<messages::ResolverSettings>();
  if (!settings) return fail(settings.error());

  if (auto loaded = resolver::load_curl(); !loaded) return fail(loaded.error());
  const resolver::CriSocket socket(settings->cri_socket.value);
  if (auto entered = resolver::enter_sandbox({settings->uid, settings->gid}, socket); !entered) {
    return fail(entered.error().with_context("sandbox"));
  }

  const resolver::CriClient cri(socket.path());
  const resolver::CriLookup lookup(cri, settings->kubernetes_namespace.value);
  const auto look_up = [&](const resolver::BoxName& box, const std::string& container) {
    if (!socket.path().empty()) return lookup.look_up(box, container);
    log::warning("{}--{}: there is no CRI socket to ask", box.project, box.box);
    resolver::FoundBox nothing;
    nothing.failure = common::Failure::kLookupFailed;
    return nothing;
  };
  lookup::Service(std::move(channel), look_up, [&] { return socket.outdated(); }).run();
}
