#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "monitor/helpers/lookup/box_name.h"

/// The API server's JSON; the one home of nlohmann-json in this program.
namespace zomg::kubernetes {

/// What a container of a pod is for. One of the last two runs beside the others.
enum class ContainerRole { kOrdinary, kSidecar, kEphemeral };

/// A container of a pod that a login can lead to: one of the spec's, an init container that keeps
/// running (restartPolicy: Always), or one that was added to debug the others.
struct PodContainer {
  std::string name;
  bool running = false;
  ContainerRole role = ContainerRole::kOrdinary;
};

/// A pod, as the API server tells. Nothing in it is checked yet.
struct Pod {
  std::string name;
  std::string kubernetes_namespace;
  std::string uid;
  /// Labels zomg.ai/project and zomg.ai/box; empty where there is none.
  lookup::BoxName labels;
  /// Annotation kubectl.kubernetes.io/default-container; empty when there is none.
  std::string default_container;
  /// RFC 3339 in UTC, which sorts as text.
  std::string created_at;
  /// It has a deletionTimestamp.
  bool terminating = false;
  /// The ordinary ones first, in the order of the spec.
  std::vector<PodContainer> containers;
};

/// One page of a list.
struct PodList {
  std::vector<Pod> pods;
  /// Where the next page begins; empty on the last one.
  std::string next;
};

/// Reads a v1 PodList. An Error for anything else; a field of another type counts as absent.
common::Result<PodList> parse_pod_list(std::string_view text);

/// The message of a v1 Status, which every refusal of the API server is; empty for anything else.
std::string status_message(std::string_view text);

}  // namespace zomg::kubernetes
