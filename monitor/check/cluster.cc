#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "common/base/limits.h"
#include "monitor/base/accounts.h"
#include "monitor/base/programs.h"
#include "monitor/boxes/cluster_access.h"
#include "monitor/boxes/helper_settings.h"
#include "monitor/check/checks.h"
#include "monitor/check/helper.h"

namespace zomg::monitor::check {
namespace {

using common::Result;
using messages::ClusterExamined;
using messages::Permission;

constexpr std::string_view kApi = "Kubernetes API";

/// Whether the program that `program` is open on (O_PATH) asks for a dynamic loader: elf(5) PT_INTERP.
bool wants_loader(int program) {
  const common::Fd file(
      ::open(fmt::format("/proc/self/fd/{}", program).c_str(), O_RDONLY | O_CLOEXEC));
  Elf64_Ehdr header{};
  if (::pread(file.get(), &header, sizeof(header), 0) != sizeof(header) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return false;
  }
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const auto at = static_cast<off_t>(header.e_phoff + i * sizeof(segment));
    if (::pread(file.get(), &segment, sizeof(segment), at) != sizeof(segment)) return false;
    if (segment.p_type == PT_INTERP) return true;
  }
  return false;
}

/// Has zomg-ssh-kubernetes ask the API server, in its sandbox.
Result<ClusterExamined> examine(const Program& program, messages::KubernetesSettings settings) {
  settings.examine = true;
  auto kubernetes = Helper::start(program);
  if (!kubernetes) return kubernetes.error();
  if (auto sent = kubernetes->channel().send(settings); !sent) return sent.error();
  return kubernetes->await_message<ClusterExamined>(limits::kClusterCheckTimeout);
}

void report_verb(std::string_view verb, Permission permission, const std::string& where,
                 Findings& findings) {
  const std::string subject = fmt::format("{}: {}", kApi, verb);
  switch (permission) {
    case Permission::kGranted:
      return findings.good(subject, where);
    case Permission::kRefused:
      return findings.bad(subject, "the gateway's account may not, " + where,
                          "Grant it, as the role in deploy/zomg-ssh-gateway.yaml does, or set "
                          "ZOMG_SSH_NAMESPACE to the namespace where it may");
    case Permission::kUnknown:
      return findings.warning(subject, "the API server gave no verdict",
                              "The line of zomg-ssh-kubernetes above says what it answered");
  }
}

}  // namespace

void report_cluster(const ClusterExamined& examined, const Settings& settings, Findings& findings) {
  if (examined.http_status == 0) {
    return findings.bad(kApi, "no answer",
                        "See that the server's address is right and reachable, and its CA; the "
                        "line of zomg-ssh-kubernetes above says more");
  }
  if (examined.http_status == 401) {
    return findings.bad(kApi, "401 Unauthorized",
                        "See that the token or client certificate is of this cluster and has not "
                        "expired");
  }
  if (examined.http_status != 200) {
    return findings.bad(kApi, fmt::format("HTTP status {}", examined.http_status),
                        "See that the server's address is that of a Kubernetes API");
  }
  findings.good(kApi, "it answers");
  const std::string where = examined.own_namespace_only ? "in the account's own namespace alone"
                            : settings.kubernetes_namespace.empty()
                                ? "in all namespaces"
                                : "in namespace " + settings.kubernetes_namespace;
  report_verb("list pods", examined.list_pods, where, findings);
  report_verb("get pods", examined.get_pods, where, findings);
  report_verb("create pods/exec", examined.create_exec, where, findings);
  if (examined.get_exec != Permission::kRefused) {
    return report_verb("get pods/exec", examined.get_exec, where, findings);
  }
  findings.warning(
      fmt::format("{}: get pods/exec", kApi), "the gateway's account may not, " + where,
      "Grant it, too: kubectl from 1.31 on asks so, and API servers from 1.35 on need it");
}

void check_cluster(const Settings& settings, const Environment& environment, Findings& findings) {
  if (settings.path == PathChoice::kCri) return;
  const auto cluster = find_cluster_access(environment);
  if (!cluster) return findings.bad(kApi, cluster.error().message, "Correct it");
  if (!cluster->available()) {
    if (settings.path == PathChoice::kAuto) {
      return findings.good(kApi,
                           "is not asked, as there is neither KUBECONFIG nor a service account");
    }
    return findings.bad(kApi, "ZOMG_SSH_PATH is kubectl, but there is no cluster to reach",
                        "Set KUBECONFIG, or run in a pod that has a service account");
  }
  const auto kubectl = open_kubectl(settings.kubectl);
  if (kubectl && wants_loader(kubectl->get())) {
    findings.bad("kubectl",
                 "it is dynamically linked, but runs where there are no libraries for it",
                 "Set ZOMG_SSH_KUBECTL to one that is statically linked, as upstream's are");
  } else {
    findings.add("kubectl", kubectl ? Result<void>() : kubectl.error(),
                 "Install it, or set ZOMG_SSH_KUBECTL");
  }
  const auto accounts = find_accounts();
  const auto programs = open_programs();
  // Findings of their own, as is who started us.
  if (!accounts || !programs || ::geteuid() != 0) return;
  const auto examined =
      examine(programs->kubernetes, kubernetes_settings(settings, *cluster, *accounts));
  if (!examined) {
    return findings.bad(kApi, "zomg-ssh-kubernetes: " + examined.error().message,
                        "Its line above says what is wrong with the credentials");
  }
  report_cluster(*examined, settings, findings);
}

}  // namespace zomg::monitor::check
