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
#include "common/messages/resolver.h"
#include "common/program/run.h"
#include "monitor/helpers/lookup/service.h"
#include "monitor/helpers/resolver/cri/cri_client.h"
#include "monitor/helpers/resolver/cri/cri_socket.h"
#include "monitor/helpers/resolver/cri/grpc_call.h"
#include "monitor/helpers/resolver/cri_lookup.h"
#include "monitor/helpers/resolver/sandbox.h"

namespace {

using namespace zomg;

struct Work {
  ipc::Channel monitor;
  messages::ResolverSettings settings;
  resolver::CriSocket socket;
};

common::Result<Work> prepare(ipc::Channel monitor, program::Place& place) {
  const auto settings = monitor.receive_message<messages::ResolverSettings>();
  if (!settings) return settings.error().with_context("settings");
  if (auto loaded = resolver::load_curl(); !loaded) return loaded.error();
  resolver::CriSocket socket(settings->cri_socket.value);
  place.account = {settings->uid, settings->gid};
  place.groups = socket.groups();
  place.directories = socket.directories();
  return Work{std::move(monitor), *settings, std::move(socket)};
}

common::Result<void> serve(Work& work) {
  const resolver::CriClient cri(work.socket.path());
  const resolver::CriLookup lookup(cri, work.settings.kubernetes_namespace.value);
  const auto look_up = [&](const resolver::BoxName& box, const std::string& container) {
    if (!work.socket.path().empty()) return lookup.look_up(box, container);
    log::warning("{}: there is no CRI socket to ask", box.text());
    resolver::FoundBox nothing;
    nothing.failure = common::Failure::kLookupFailed;
    return nothing;
  };
  lookup::Service(std::move(work.monitor), look_up, [&] { return work.socket.outdated(); }).run();
}

}  // namespace

int main() {
  return program::run(resolver::kRow, prepare, serve);
}
