#include "monitor/helpers/kubernetes/pod_list.h"

#include <array>

#include <nlohmann/json.hpp>

#include "common/base/limits.h"

namespace zomg::kubernetes {
namespace {

using nlohmann::json;

/// How deep a pod's JSON may nest; what lies deeper is no pod's. Objects are torn down by
/// recursion.
constexpr int kMaxPodDepth = 64;

/// Keeps what a lookup reads of a pod and drops the rest as it is parsed.
bool is_wanted(int depth, json::parse_event_t event, const json& value) {
  if (event != json::parse_event_t::key || !value.is_string()) return depth <= kMaxPodDepth;
  const auto& key = value.get_ref<const std::string&>();
  return key != "managedFields" && key != "volumes" && key != "env" && key != "tolerations";
}

const json& member(const json& object, const char* key) {
  static const json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::string text_of(const json& object, const char* key) {
  const json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// The members of a pod that have its containers of one role, and what has become of them.
struct Lists {
  ContainerRole role;
  const char* spec;
  const char* statuses;
};

constexpr std::array<Lists, 3> kLists{{
    {ContainerRole::kOrdinary, "containers", "containerStatuses"},
    {ContainerRole::kSidecar, "initContainers", "initContainerStatuses"},
    {ContainerRole::kEphemeral, "ephemeralContainers", "ephemeralContainerStatuses"},
}};

bool is_running(const json& statuses, const std::string& container) {
  for (const json& entry : statuses) {
    if (text_of(entry, "name") == container) {
      return member(member(entry, "state"), "running").is_object();
    }
  }
  return false;
}

void read_containers(const json& item, const Lists& lists, std::vector<PodContainer>& containers) {
  const json& statuses = member(member(item, "status"), lists.statuses);
  for (const json& container : member(member(item, "spec"), lists.spec)) {
    const bool ends = text_of(container, "restartPolicy") != "Always";
    if (lists.role == ContainerRole::kSidecar && ends) continue;
    std::string name = text_of(container, "name");
    if (name.empty()) continue;
    const bool running = is_running(statuses, name);
    containers.push_back({std::move(name), running, lists.role});
  }
}

Pod read_pod(const json& item) {
  const json& metadata = member(item, "metadata");
  const json& labels = member(metadata, "labels");
  Pod pod;
  pod.name = text_of(metadata, "name");
  pod.kubernetes_namespace = text_of(metadata, "namespace");
  pod.uid = text_of(metadata, "uid");
  pod.labels = {text_of(labels, "zomg.ai/project"), text_of(labels, "zomg.ai/box")};
  pod.default_container =
      text_of(member(metadata, "annotations"), "kubectl.kubernetes.io/default-container");
  pod.created_at = text_of(metadata, "creationTimestamp");
  pod.terminating = !member(metadata, "deletionTimestamp").is_null();
  for (const Lists& lists : kLists) read_containers(item, lists, pod.containers);
  return pod;
}

}  // namespace

common::Result<PodList> parse_pod_list(std::string_view text) {
  const json document = json::parse(text, is_wanted, /*allow_exceptions=*/false);
  if (document.is_discarded() || !document.is_object()) return common::error("not a JSON object");
  // A server that is older than its clients calls the list by the same name.
  if (text_of(document, "kind") != "PodList") return common::error("not a list of pods");
  PodList list;
  list.next = text_of(member(document, "metadata"), "continue");
  const json& items = member(document, "items");
  if (!items.is_array() && !items.is_null()) return common::error("not a list of pods");
  for (const json& item : items) list.pods.push_back(read_pod(item));
  return list;
}

std::string status_message(std::string_view text) {
  const json document = json::parse(text, is_wanted, /*allow_exceptions=*/false);
  std::string message = text_of(document, "message");
  if (message.size() > limits::kMaxGrpcMessageBytes) message.resize(limits::kMaxGrpcMessageBytes);
  return message;
}

}  // namespace zomg::kubernetes
