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
#include <atomic>
#include <chrono>
#include <thread>

#include "common/messages/kubernetes.h"
#include "common/program/run.h"
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

bool may_be_out_of_date(common::Failure failure) {
  return failure == common::Failure::kKubernetesRefused ||
         failure == common::Failure::kKubernetesUnreachable;
}

struct Work {
  ipc::Channel monitor;
  messages::KubernetesSettings settings;
  kubernetes::Credentials credentials;
  kubernetes::FileWatch files;
  std::vector<std::string> addresses;
  Clock::time_point started;
};

common::Result<Work> prepare(ipc::Channel monitor, program::Place& place) {
  const auto started = Clock::now();
  const auto settings = monitor.receive_message<messages::KubernetesSettings>();
  if (!settings) return settings.error().with_context("settings");
  if (auto loaded = kubernetes::load_curl(); !loaded) return loaded.error();
  auto credentials = kubernetes::read_credentials(*settings, kubernetes::kServiceAccountDirectory);
  if (!credentials) return credentials.error();
  kubernetes::FileWatch files(credentials->files);
  auto addresses = kubernetes::find_addresses(credentials->server.host);
  if (!addresses) return addresses.error();
  place.account = {settings->uid, settings->gid};
  place.directories = files.directories();
  return Work{std::move(monitor),    *settings, std::move(*credentials), std::move(files),
              std::move(*addresses), started};
}

common::Result<void> serve(Work& work) {
  const kubernetes::HttpsApi api(work.credentials, work.addresses);
  const std::string& wanted = work.settings.kubernetes_namespace.value;
  const std::string& usual = work.credentials.kubernetes_namespace;
  if (work.settings.examine) return work.monitor.send(kubernetes::examine(api, wanted, usual));
  const std::string for_kubectl = kubernetes::kubectl_files(work.credentials, work.addresses);
  const kubernetes::PodLookup lookup(
      api, {wanted, usual, [&] { return lookup::make_sealed_file("kubectl-files", for_kubectl); },
            [](auto time) { std::this_thread::sleep_for(time); }});
  std::atomic<bool> outdated = false;
  const auto look_up = [&](const lookup::BoxName& box, const std::string& container) {
    // The monitor asks the next process what this one leaves unanswered.
    if (work.files.changed() || outdated) lookup::end_process(0);
    lookup::FoundBox found = lookup.look_up(box, container);
    const bool is_young = Clock::now() - work.started <= kLeastAge;
    if (may_be_out_of_date(found.failure) && !is_young) outdated = true;
    return found;
  };
  lookup::Service(std::move(work.monitor), look_up, [] { return false; }).run();
}

}  // namespace

int main() {
  return program::run(kubernetes::kRow, prepare, serve);
}
