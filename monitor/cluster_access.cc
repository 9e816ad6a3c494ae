#include "monitor/cluster_access.h"

#include "common/limits.h"
#include "common/quoted.h"

namespace zomg::monitor {

common::Result<ClusterAccess> find_cluster_access(const Environment& environment) {
  ClusterAccess access;
  access.kubeconfig = environment("KUBECONFIG").value_or("");
  if (!access.kubeconfig.empty()) {
    // kubectl takes a list and merges it; which of them a gateway acts by must be one.
    if (access.kubeconfig[0] != '/' || access.kubeconfig.find(':') != std::string::npos ||
        access.kubeconfig.size() > limits::kMaxPathBytes) {
      return common::error("KUBECONFIG: {} is not the absolute path of one file",
                           common::quoted(access.kubeconfig));
    }
    return access;
  }
  access.service_host = environment("KUBERNETES_SERVICE_HOST").value_or("");
  access.service_port = environment("KUBERNETES_SERVICE_PORT").value_or("443");
  if (access.service_host.size() > limits::kMaxNameBytes ||
      access.service_port.size() > limits::kMaxNameBytes) {
    return common::error("KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is too long");
  }
  return access;
}

}  // namespace zomg::monitor
