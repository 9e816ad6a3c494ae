// zomg-ssh-kubernetes: finds the pod and the container behind a login name by the Kubernetes API.
//
// Started by: the monitor, as root, where there is a cluster to ask; again when it has ended.
// Runs as:    the account in KubernetesSettings, with no capabilities. Not as the resolver, whose
//             containerd socket is as good as root: HTTPS and JSON are parsed far from it.
// Sees:       the network; an empty root with the directories of the credentials' files, of which
//             it may read none; seccomp allow-list (sandbox.cc).
// Descriptors: 0 and 1 /dev/null, 2 the log, 3 the channel to the monitor.
// Trusts:     the monitor's requests as far as their type says, the operator's kubeconfig, which is
//             read before the sandbox. Not the server's answers. What it reports is a claim.
// Dies:       with 0 when the monitor closes the channel, when it has told of the cluster for
//             `zomg-ssh-gateway --check`, or to be started again and read the credentials anew;
//             with 1 when it cannot start or the monitor breaks the contract.
#include <signal.h>
#include <sys/prctl.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "common/base/child.h"
#include "common/base/log.h"
#include "common/ipc/channel.h"
#include "common/messages/kubernetes.h"
#include "monitor/helpers/kubernetes/credentials.h"
#include "monitor/helpers/kubernetes/examination.h"
#include "monitor/helpers/kubernetes/https_api.h"
#include "monitor/helpers/kubernetes/kubectl_files.h"
#include "monitor/helpers/kubernetes/pod_lookup.h"
#include "monitor/helpers/kubernetes/sandbox.h"
#include "monitor/helpers/lookup/sealed_file.h"
#include "monitor/helpers/lookup/service.h"

namespace {

using namespace zomg;
using Clock = std::chrono::steady_clock;

/// A process that has been refused, or found no server, may have old credentials or an old address;
/// it is worth a new one, but not more often than this.
constexpr std::chrono::seconds kLeastAge{20};

int fail(const common::Error& error) {
  log::error("cannot start: {}", error.message);
  return 1;
}

bool may_be_out_of_date(common::Failure failure) {
  return failure == common::Failure::kKubernetesRefused ||
         failure == common::Failure::kKubernetesUnreachable;
}

}  // namespace

int main() {
  // Started by descriptor, it would be called by the descriptor's number.
  ::prctl(PR_SET_NAME, "zomg-ssh-kubernetes");
  log::start("zomg-ssh-kubernetes", log::Level::kInfo);
  ::signal(SIGPIPE, SIG_IGN);
  const auto started = Clock::now();

  ipc::Channel channel{common::Fd(common::kChannelFd)};
  const auto settings = channel.receive_message<messages::KubernetesSettings>();
  if (!settings) return fail(settings.error());
  if (auto loaded = kubernetes::load_curl(); !loaded) return fail(loaded.error());
  const auto credentials =
      kubernetes::read_credentials(*settings, kubernetes::kServiceAccountDirectory);
  if (!credentials) return fail(credentials.error());
  const kubernetes::FileWatch files(credentials->files);
  const auto addresses = kubernetes::find_addresses(credentials->server.host);
  if (!addresses) return fail(addresses.error());
  auto entered = kubernetes::enter_sandbox({settings->uid, settings->gid}, files.directories());
  if (!entered) return fail(entered.error().with_context("sandbox"));

  const kubernetes::HttpsApi api(*credentials, *addresses);
  if (settings->examine) {
    const auto sent = channel.send(kubernetes::examine(api, settings->kubernetes_namespace.value,
                                                       credentials->kubernetes_namespace));
    return sent ? 0 : fail(sent.error());
  }
  const std::string for_kubectl = kubernetes::kubectl_files(*credentials, *addresses);
  const kubernetes::PodLookup lookup(
      api, {settings->kubernetes_namespace.value, credentials->kubernetes_namespace,
            [&] { return lookup::make_sealed_file("kubectl-files", for_kubectl); },
            [](auto time) { std::this_thread::sleep_for(time); }});
  std::atomic<bool> outdated = false;
  const auto look_up = [&](const lookup::BoxName& box, const std::string& container) {
    // The monitor asks the next process what this one leaves unanswered.
    if (files.changed() || outdated) lookup::end_process(0);
    lookup::FoundBox found = lookup.look_up(box, container);
    if (may_be_out_of_date(found.failure) && Clock::now() - started > kLeastAge) outdated = true;
    return found;
  };
  lookup::Service(std::move(channel), look_up, [] { return false; }).run();
}
