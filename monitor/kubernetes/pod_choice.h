#pragma once

#include <span>
#include <string_view>

#include "common/failure.h"
#include "monitor/kubernetes/pod_list.h"

/// Which pod, and which of its containers, a login leads to. Pure functions, by the same rules as
/// for the pods of this node (resolver/cri_choice.h).
namespace zomg::kubernetes {

/// `failure` is kNone and `pod` is set, or the choice was refused.
struct PodChoice {
  common::Failure failure = common::Failure::kNoSuchBox;
  const Pod* pod = nullptr;
  /// With kAmbiguousNamespace: two of the pods that were in the way of each other.
  const Pod* rivals[2] = {nullptr, nullptr};
  /// How many ready pods of the chosen namespace matched.
  std::size_t candidates = 0;
};

/// Of the `pods` that are ready, not terminating, and whose labels equal `box`: the newest, as long
/// as they are all of one namespace. With `kubernetes_namespace` set, those of others do not count.
/// kBoxNotReady when there are only pods that are not ready.
PodChoice choose_pod(std::span<const Pod> pods, const lookup::BoxName& box,
                     std::string_view kubernetes_namespace);

/// The running container that the pod's annotation names; without the annotation one named `box`,
/// else the first of the spec. Null when there is none.
const PodContainer* choose_container(const Pod& pod);

}  // namespace zomg::kubernetes
