#include "monitor/boxes/box_path.h"

#include <fmt/core.h>

#include "common/base/check.h"
#include "common/base/quoted.h"

namespace zomg::monitor {
namespace {

using common::Failure;
using messages::FallbackReason;

BoxPathChoice refused(Failure failure, std::string reason = {}) {
  return {BoxPath::kNone, failure, std::move(reason), {}};
}

/// Why a box is not found that neither has.
Failure common_failure(Failure node, Failure cluster) {
  if (is_about_box(node) && node != Failure::kNoSuchBox) return node;
  if (is_about_box(cluster)) return cluster;
  // Only where this node was asked may the user be told that the box is not on it.
  return node == Failure::kNoSuchBox ? cluster : Failure::kLookupFailed;
}

/// Whether the API server was asked about every pod that `here` could be.
bool covers(const messages::BoxClaim& looked_in, const messages::BoxClaim& here) {
  return looked_in.kubernetes_namespace.value.empty() ||
         looked_in.kubernetes_namespace == here.kubernetes_namespace;
}

BoxPathChoice choose_beside(const messages::BoxClaim& here, const LookupAnswer& cluster) {
  if (cluster.failure == Failure::kAmbiguousNamespace) return refused(cluster.failure);
  // The runtime keeps the labels that a pod had at its start; the API server has today's.
  if (cluster.failure == Failure::kNoSuchBox && covers(cluster.claim, here)) {
    return refused(cluster.failure, fmt::format("pod {}/{} of this node has these labels no more",
                                                common::quoted(here.kubernetes_namespace),
                                                common::quoted(here.pod)));
  }
  const messages::BoxClaim& there = cluster.claim;
  const bool not_running =
      cluster.failure == Failure::kBoxNotReady || cluster.failure == Failure::kNoSuchContainer;
  if (not_running && !there.pod.value.empty() && here.pod != there.pod) {
    return refused(cluster.failure,
                   fmt::format("it is pod {}/{} now, and not {} of this node",
                               common::quoted(there.kubernetes_namespace),
                               common::quoted(there.pod), common::quoted(here.pod)));
  }
  if (cluster.failure != Failure::kNone) return {BoxPath::kNode, Failure::kNone, {}, {}};
  if (here.kubernetes_namespace != there.kubernetes_namespace) {
    return refused(
        Failure::kAmbiguousNamespace,
        fmt::format("pods {}/{} on this node and {}/{} both claim to be it; set "
                    "ZOMG_SSH_NAMESPACE to the right namespace",
                    common::quoted(here.kubernetes_namespace), common::quoted(here.pod),
                    common::quoted(there.kubernetes_namespace), common::quoted(there.pod)));
  }
  if (here.pod == there.pod) return {BoxPath::kNode, Failure::kNone, {}, {}};
  // The cluster knows of every pod, and which of them is ready.
  return {BoxPath::kCluster, Failure::kNone,
          fmt::format("the newest running pod is not {} of this node", common::quoted(here.pod)),
          FallbackReason::kNewerElsewhere};
}

/// A pod of this node that is not entered, as it is none of plain containers.
BoxPathChoice choose_for_another_kind(const messages::BoxClaim& here, const LookupAnswer& cluster) {
  const BoxPathChoice beside = choose_beside(here, cluster);
  if (beside.way != BoxPath::kNode) return beside;
  if (cluster.failure != Failure::kNone) return refused(Failure::kNotAContainer);
  return {BoxPath::kCluster, Failure::kNone, "its runtime is not one whose containers are entered",
          FallbackReason::kNotEntered};
}

}  // namespace

bool is_about_box(Failure failure) {
  return failure == Failure::kNone || failure == Failure::kNoSuchBox ||
         failure == Failure::kBoxNotReady || failure == Failure::kSeveralContainers ||
         failure == Failure::kNoSuchContainer || failure == Failure::kAmbiguousNamespace;
}

BoxPathChoice choose_box_path(const LookupAnswer* node, const LookupAnswer* cluster) {
  CHECK(node != nullptr || cluster != nullptr);
  if (node != nullptr && node->failure == Failure::kAmbiguousNamespace) {
    return refused(node->failure);
  }
  if (node != nullptr && node->failure == Failure::kNone) {
    if (cluster == nullptr) return {BoxPath::kNode, Failure::kNone, {}, {}};
    return choose_beside(node->claim, *cluster);
  }
  if (cluster == nullptr) return refused(node->failure);
  if (node != nullptr && node->failure == Failure::kNotAContainer) {
    return choose_for_another_kind(node->claim, *cluster);
  }
  if (cluster->failure != Failure::kNone) {
    return refused(node == nullptr ? cluster->failure
                                   : common_failure(node->failure, cluster->failure));
  }
  const auto by_kubectl = [](const char* reason, FallbackReason fallback) -> BoxPathChoice {
    return {BoxPath::kCluster, Failure::kNone, reason, fallback};
  };
  if (node == nullptr) return by_kubectl("this node is not asked", FallbackReason::kNodeNotAsked);
  if (!is_about_box(node->failure)) {
    return by_kubectl("CRI could not be asked", FallbackReason::kCriFailed);
  }
  return by_kubectl("no pod of this node", FallbackReason::kNotOnNode);
}

}  // namespace zomg::monitor
