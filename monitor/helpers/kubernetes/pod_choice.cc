#include "monitor/helpers/kubernetes/pod_choice.h"

#include <algorithm>
#include <tuple>

namespace zomg::kubernetes {
namespace {

using common::Failure;

constexpr std::string_view kUsualContainer = "box";

/// The name only makes the order a total one.
bool older(const Pod& a, const Pod& b) {
  return std::tie(a.created_at, a.name) < std::tie(b.created_at, b.name);
}

const PodContainer* find(const Pod& pod, std::string_view name) {
  const auto found =
      std::find_if(pod.containers.begin(), pod.containers.end(),
                   [name](const PodContainer& container) { return container.name == name; });
  return found == pod.containers.end() ? nullptr : &*found;
}

/// How far a pod is what was asked for.
Failure judge(const PodContainer* container, std::string_view wanted) {
  if (container == nullptr) {
    return wanted.empty() ? Failure::kBoxNotReady : Failure::kNoSuchContainer;
  }
  return container->running ? Failure::kNone : Failure::kBoxNotReady;
}

/// A pod that runs is before one that does not yet, and that before one without the container.
int rank(Failure failure) {
  return failure == Failure::kNone ? 2 : failure == Failure::kBoxNotReady ? 1 : 0;
}

}  // namespace

PodChoice choose_pod(std::span<const Pod> pods, const lookup::BoxName& box, std::string_view wanted,
                     std::string_view kubernetes_namespace) {
  PodChoice choice;
  for (const Pod& pod : pods) {
    // The server was asked for these only; a mistake there must not lead into another's pod.
    if (pod.labels != box || pod.terminating) continue;
    if (!kubernetes_namespace.empty() && pod.kubernetes_namespace != kubernetes_namespace) continue;
    // Whatever state they are in: a pod that is down must not leave its name to a stranger's.
    if (choice.pod != nullptr && choice.pod->kubernetes_namespace != pod.kubernetes_namespace) {
      return {.failure = Failure::kAmbiguousNamespace, .rivals = {choice.pod, &pod}};
    }
    const PodContainer* const container = choose_container(pod, wanted);
    const Failure failure = judge(container, wanted);
    if (failure == Failure::kNone) ++choice.candidates;
    const bool better = choice.pod == nullptr || rank(failure) > rank(choice.failure) ||
                        (rank(failure) == rank(choice.failure) && older(*choice.pod, pod));
    if (!better) continue;
    choice.failure = failure;
    choice.pod = &pod;
    choice.container = container;
  }
  return choice;
}

const PodContainer* choose_container(const Pod& pod, std::string_view wanted) {
  if (!wanted.empty()) return find(pod, wanted);
  if (!pod.default_container.empty()) return find(pod, pod.default_container);
  if (const PodContainer* const usual = find(pod, kUsualContainer)) return usual;
  const bool ordinary =
      !pod.containers.empty() && pod.containers.front().role == ContainerRole::kOrdinary;
  return ordinary ? &pod.containers.front() : nullptr;
}

std::vector<std::string> container_names(const Pod& pod) {
  std::vector<std::string> names;
  for (const PodContainer& container : pod.containers) names.push_back(container.name);
  return names;
}

}  // namespace zomg::kubernetes
