#include "monitor/kubernetes/pod_choice.h"

#include <tuple>

namespace zomg::kubernetes {
namespace {

constexpr std::string_view kUsualContainer = "box";

/// The name only makes the order a total one.
bool older(const Pod& a, const Pod& b) {
  return std::tie(a.created_at, a.name) < std::tie(b.created_at, b.name);
}

}  // namespace

PodChoice choose_pod(std::span<const Pod> pods, const lookup::BoxName& box,
                     std::string_view kubernetes_namespace) {
  PodChoice choice;
  for (const Pod& pod : pods) {
    // The server was asked for these only; a mistake there must not lead into another's pod.
    if (pod.labels != box || pod.terminating) continue;
    if (!kubernetes_namespace.empty() && pod.kubernetes_namespace != kubernetes_namespace) continue;
    if (!pod.ready) {
      if (choice.pod == nullptr) choice.failure = common::Failure::kBoxNotReady;
      continue;
    }
    if (choice.pod != nullptr && choice.pod->kubernetes_namespace != pod.kubernetes_namespace) {
      return {.failure = common::Failure::kAmbiguousNamespace, .rivals = {choice.pod, &pod}};
    }
    ++choice.candidates;
    if (choice.pod == nullptr || older(*choice.pod, pod)) choice.pod = &pod;
  }
  if (choice.pod != nullptr) choice.failure = common::Failure::kNone;
  return choice;
}

const PodContainer* choose_container(const Pod& pod) {
  const std::string_view wanted =
      pod.default_container.empty() ? kUsualContainer : pod.default_container;
  const PodContainer* first = nullptr;
  for (const PodContainer& container : pod.containers) {
    if (!container.running) continue;
    if (container.name == wanted) return &container;
    if (first == nullptr) first = &container;
  }
  // Where the annotation names a container that does not run, another is not what was asked for.
  return pod.default_container.empty() ? first : nullptr;
}

}  // namespace zomg::kubernetes
