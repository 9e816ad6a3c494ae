#pragma once

#include <string>

#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// How to reach the Kubernetes API, in the words of the program that does it
/// (messages::KubernetesSettings). Nothing is read here but names.
struct ClusterAccess {
  /// Absolute paths, with colons between them, or empty.
  std::string kubeconfig;
  /// Of the pod's own service account; empty where the gateway runs in no pod.
  std::string service_host;
  std::string service_port;

  bool available() const { return !kubeconfig.empty() || !service_host.empty(); }
};

/// From KUBECONFIG, else from what Kubernetes gives every pod (KUBERNETES_SERVICE_HOST and _PORT).
common::Result<ClusterAccess> find_cluster_access(const Environment& environment);

}  // namespace zomg::monitor
