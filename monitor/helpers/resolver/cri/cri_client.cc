#include "monitor/helpers/resolver/cri/cri_client.h"

#include "monitor/helpers/resolver/cri/cri_messages.h"

namespace zomg::resolver {
namespace {

template <typename T>
common::Result<T> call(const GrpcServer& server, std::string_view method,
                       const std::string& request,
                       common::Result<T> (*parse)(std::string_view answer)) {
  auto answer = server.call(fmt::format("runtime.v1.RuntimeService/{}", method), request);
  if (!answer) return answer.error().with_context(method);
  auto parsed = parse(*answer);
  if (!parsed) return parsed.error().with_context(method);
  return parsed;
}

}  // namespace

common::Result<std::vector<Sandbox>> CriClient::list_sandboxes(const BoxName& box) const {
  return call(server_, "ListPodSandbox", list_sandboxes_request(box), parse_sandboxes);
}

common::Result<std::vector<Container>> CriClient::list_containers(
    std::string_view sandbox_id) const {
  return call(server_, "ListContainers", list_containers_request(sandbox_id), parse_containers);
}

common::Result<ContainerDetails> CriClient::container_details(std::string_view id) const {
  return call(server_, "ContainerStatus", container_details_request(id), parse_container_details);
}

}  // namespace zomg::resolver
