#include "monitor/boxes/cluster_access.h"

#include "common/base/limits.h"
#include "common/base/quoted.h"

namespace zomg::monitor {

common::Result<ClusterAccess> find_cluster_access(const Environment& environment) {
  ClusterAccess access;
  access.kubeconfig = environment("KUBECONFIG").value_or("");
  if (!access.kubeconfig.empty()) {
    // As for kubectl. What is in the files is for zomg-ssh-kubernetes to read.
    const std::string list = ':' + access.kubeconfig;
    for (std::size_t at = 0; at != std::string::npos; at = list.find(':', at + 1)) {
      const bool none = at + 1 == list.size() || list[at + 1] == ':';
      if (!none && list[at + 1] != '/') {
        return common::error("KUBECONFIG: {} is not a list of absolute paths",
                             common::quoted(access.kubeconfig));
      }
    }
    if (access.kubeconfig.size() > limits::kMaxPathBytes) {
      return common::error("KUBECONFIG is over {} bytes", limits::kMaxPathBytes);
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
