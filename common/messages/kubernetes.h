#pragma once

#include "common/base/limits.h"
#include "common/ipc/message.h"

/// monitor ↔ kubernetes, on its fd 3: KubernetesSettings, then LookUpBox and BoxLookedUp as with
/// the resolver (messages/resolver.h); or KubernetesSettings and ClusterExamined.
namespace zomg::messages {

enum class KubernetesMessage : std::uint32_t { kKubernetesSettings = 16, kClusterExamined };

/// monitor → kubernetes, the first packet. No reply.
struct KubernetesSettings {
  static constexpr auto kType = KubernetesMessage::kKubernetesSettings;
  /// Absolute paths, with colons between them (KUBECONFIG); empty: the pod's own service account.
  ipc::Bytes<limits::kMaxPathBytes> kubeconfig;
  /// KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, for the service account.
  ipc::Bytes<limits::kMaxNameBytes> service_host;
  ipc::Bytes<limits::kMaxNameBytes> service_port;
  /// As in ResolverSettings.
  ipc::Bytes<limits::kMaxObjectNameBytes> kubernetes_namespace;
  /// The account to run as.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  /// Whether others must not be able to write the files of the credentials (ZOMG_SSH_STRICT_MODES).
  bool strict_modes = true;
  /// `zomg-ssh-gateway --check`: no lookups, ClusterExamined is wanted and then the end.
  bool examine = false;
  static auto fields(auto& self) {
    return std::tie(self.kubeconfig, self.service_host, self.service_port,
                    self.kubernetes_namespace, self.uid, self.gid, self.strict_modes, self.examine);
  }
};

/// What the API server says of a verb that the gateway needs.
enum class Permission : std::uint32_t { kUnknown, kRefused, kGranted, kMaxValue = kGranted };

/// kubernetes → monitor, once. A claim, for an operator to read.
struct ClusterExamined {
  static constexpr auto kType = KubernetesMessage::kClusterExamined;
  /// The HTTP status of the server's version; 0 when there was no answer, which the log explains.
  std::uint32_t http_status = 0;
  Permission list_pods = Permission::kUnknown;
  Permission get_pods = Permission::kUnknown;
  Permission create_exec = Permission::kUnknown;
  Permission get_exec = Permission::kUnknown;
  /// Lists are refused in all namespaces but the account's own, which the rest is about then.
  bool own_namespace_only = false;
  static auto fields(auto& self) {
    return std::tie(self.http_status, self.list_pods, self.get_pods, self.create_exec,
                    self.get_exec, self.own_namespace_only);
  }
};

}  // namespace zomg::messages
