#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/failure.h"
#include "monitor/helpers/kubernetes/pod_list.h"

/// Which pod, and which of its containers, a login leads to. Pure functions, by the same rules as
/// for the pods of this node (resolver/cri/cri_choice.h, resolver/container/container_choice.h).
namespace zomg::kubernetes {

/// `failure` is kNone and `pod` and `container` are set, or the choice was refused. With
/// kBoxNotReady the pod is the newest, and the container the one that does not run.
struct PodChoice {
  common::Failure failure = common::Failure::kNoSuchBox;
  const Pod* pod = nullptr;
  const PodContainer* container = nullptr;
  /// With kAmbiguousNamespace: two of the pods that were in the way of each other.
  const Pod* rivals[2] = {nullptr, nullptr};
  /// How many pods of the chosen namespace would have done.
  std::size_t candidates = 0;
};

/// Of the `pods` that are not terminating and whose labels equal `box`: the newest whose container
/// runs, ready or not, as long as all of them are of one namespace, running or not. With `kubernetes_namespace` set,
/// those of others do not count. kBoxNotReady when there are only pods whose container does not run;
/// kNoSuchContainer when no pod has the `wanted` one.
PodChoice choose_pod(std::span<const Pod> pods, const lookup::BoxName& box, std::string_view wanted,
                     std::string_view kubernetes_namespace);

/// The container that is `wanted`; the one that the pod's annotation names; one named `box`; else the
/// first ordinary one of the spec, whether it runs or not. Null when there is none.
const PodContainer* choose_container(const Pod& pod, std::string_view wanted);

/// The names of all containers of the pod.
std::vector<std::string> container_names(const Pod& pod);

}  // namespace zomg::kubernetes
