#include "monitor/helpers/resolver/cri/cri_messages.h"

#include <limits>

#include "monitor/helpers/resolver/cri/cri.pb.h"

namespace zomg::resolver {
namespace {

constexpr const char* kProjectLabel = "zomg.ai/project";
constexpr const char* kBoxLabel = "zomg.ai/box";
constexpr const char* kDefaultContainerAnnotation = "kubectl.kubernetes.io/default-container";
/// The key under which containerd and CRI-O put the JSON of a verbose answer.
constexpr const char* kInfoKey = "info";

using StringMap = google::protobuf::Map<std::string, std::string>;

std::string value_of(const StringMap& map, const char* key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

template <typename M>
common::Result<M> parse(std::string_view answer) {
  M message;
  if (answer.size() > std::numeric_limits<int>::max() ||
      !message.ParseFromArray(answer.data(), static_cast<int>(answer.size()))) {
    return common::error("the answer is not a CRI v1 message");
  }
  return message;
}

}  // namespace

std::string list_sandboxes_request(const BoxName& box) {
  cri::ListPodSandboxRequest request;
  auto& filter = *request.mutable_filter();
  filter.mutable_state()->set_state(cri::SANDBOX_READY);
  (*filter.mutable_label_selector())[kProjectLabel] = box.project;
  (*filter.mutable_label_selector())[kBoxLabel] = box.box;
  return request.SerializeAsString();
}

std::string list_containers_request(std::string_view sandbox_id) {
  cri::ListContainersRequest request;
  request.mutable_filter()->set_pod_sandbox_id(std::string(sandbox_id));
  return request.SerializeAsString();
}

std::string container_details_request(std::string_view container_id) {
  cri::ContainerStatusRequest request;
  request.set_container_id(std::string(container_id));
  request.set_verbose(true);
  return request.SerializeAsString();
}

common::Result<std::vector<Sandbox>> parse_sandboxes(std::string_view answer) {
  auto response = parse<cri::ListPodSandboxResponse>(answer);
  if (!response) return response.error();
  std::vector<Sandbox> sandboxes;
  for (const cri::PodSandbox& item : response->items()) {
    sandboxes.push_back({
        .id = item.id(),
        .pod = item.metadata().name(),
        .pod_uid = item.metadata().uid(),
        .kubernetes_namespace = item.metadata().namespace_(),
        .labels = {value_of(item.labels(), kProjectLabel), value_of(item.labels(), kBoxLabel)},
        .default_container = value_of(item.annotations(), kDefaultContainerAnnotation),
        .created_at = item.created_at(),
        .ready = item.state() == cri::SANDBOX_READY,
        .runtime_handler = item.runtime_handler(),
    });
  }
  return sandboxes;
}

common::Result<std::vector<Container>> parse_containers(std::string_view answer) {
  auto response = parse<cri::ListContainersResponse>(answer);
  if (!response) return response.error();
  std::vector<Container> containers;
  for (const cri::Container& item : response->containers()) {
    containers.push_back({
        .id = item.id(),
        .sandbox_id = item.pod_sandbox_id(),
        .name = item.metadata().name(),
        .created_at = item.created_at(),
        .attempt = item.metadata().attempt(),
        .running = item.state() == cri::CONTAINER_RUNNING,
    });
  }
  return containers;
}

common::Result<ContainerDetails> parse_container_details(std::string_view answer) {
  auto response = parse<cri::ContainerStatusResponse>(answer);
  if (!response) return response.error();
  return ContainerDetails{
      .id = response->status().id(),
      .running = response->status().state() == cri::CONTAINER_RUNNING,
      .finished_at = response->status().finished_at(),
      .exit_code = response->status().exit_code(),
      .info = value_of(response->info(), kInfoKey),
  };
}

}  // namespace zomg::resolver
