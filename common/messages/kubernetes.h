#pragma once

#include "common/ipc/message.h"
#include "common/limits.h"

/// monitor ↔ kubernetes, on its fd 3: KubernetesSettings, then LookUpBox and BoxLookedUp as with
/// the resolver (messages/resolver.h).
namespace zomg::messages {

enum class KubernetesMessage : std::uint32_t { kKubernetesSettings = 16 };

/// monitor → kubernetes, the first packet. No reply.
struct KubernetesSettings {
  static constexpr auto kType = KubernetesMessage::kKubernetesSettings;
  /// Absolute path (KUBECONFIG); empty: the pod's own service account.
  ipc::Bytes<limits::kMaxPathBytes> kubeconfig;
  /// KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, for the service account.
  ipc::Bytes<limits::kMaxNameBytes> service_host;
  ipc::Bytes<limits::kMaxNameBytes> service_port;
  /// As in ResolverSettings.
  ipc::Bytes<limits::kMaxObjectNameBytes> kubernetes_namespace;
  /// The account to run as.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  static auto fields(auto& self) {
    return std::tie(self.kubeconfig, self.service_host, self.service_port,
                    self.kubernetes_namespace, self.uid, self.gid);
  }
};

}  // namespace zomg::messages
