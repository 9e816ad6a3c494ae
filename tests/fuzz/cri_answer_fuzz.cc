// An answer of the container runtime as it comes off the socket: the gRPC frame, the protobuf
// message in it, and the choice that follows. The first byte says which message is expected.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "monitor/helpers/resolver/container/container_choice.h"
#include "monitor/helpers/resolver/cri/cri_choice.h"
#include "monitor/helpers/resolver/cri/cri_messages.h"
#include "monitor/helpers/resolver/cri/grpc_frame.h"

namespace {

using namespace zomg::resolver;

void choose_among(const std::vector<Sandbox>& sandboxes) {
  const BoxName box{"demo", "box1"};
  const SandboxChoice choice = choose_sandbox(sandboxes, box, "");
  if (choice.sandbox == nullptr) return;
  CHECK(choice.sandbox->ready && choice.sandbox->labels == box);
  for (const Sandbox& sandbox : sandboxes) {
    CHECK(!sandbox.ready || sandbox.labels != box ||
          sandbox.kubernetes_namespace == choice.sandbox->kubernetes_namespace);
  }
}

void choose_among(const std::vector<Container>& containers) {
  Sandbox sandbox;
  sandbox.id = "s";
  for (const std::string_view wanted : {"", "app"}) {
    const ContainerChoice choice =
        choose_container(containers, sandbox, wanted, [](const Container& one) {
          return std::optional(ContainerEnd{one.created_at, 0});
        });
    const Container* const chosen = choice.container;
    CHECK((chosen != nullptr) == (choice.failure == zomg::common::Failure::kNone));
    CHECK(chosen == nullptr || (chosen->running && chosen->sandbox_id == sandbox.id));
    CHECK(chosen == nullptr || wanted.empty() || chosen->name == wanted);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto message = unframe(body);
  if (!message) return 0;
  CHECK(frame(*message) == body);
  switch (data[0] % 3) {
    case 0:
      if (const auto sandboxes = parse_sandboxes(*message)) choose_among(*sandboxes);
      break;
    case 1:
      if (const auto containers = parse_containers(*message)) choose_among(*containers);
      break;
    default:
      (void)parse_container_details(*message).has_value();
  }
  return 0;
}
