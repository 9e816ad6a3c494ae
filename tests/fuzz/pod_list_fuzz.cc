// An answer of the API server: the list of pods, and the choice that follows.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "monitor/helpers/kubernetes/pod_choice.h"
#include "monitor/helpers/kubernetes/pod_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::kubernetes;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)status_message(text);
  const auto list = parse_pod_list(text);
  if (!list) return 0;
  const zomg::lookup::BoxName box{"demo", "box1"};
  for (const std::string_view wanted : {"", "app"}) {
    const PodChoice choice = choose_pod(list->pods, box, wanted, "");
    if (choice.pod == nullptr) continue;
    CHECK(choice.pod->labels == box && !choice.pod->terminating);
    if (choice.failure != zomg::common::Failure::kNone) continue;
    CHECK(choice.container != nullptr && choice.container->running);
    CHECK(wanted.empty() || choice.container->name == wanted);
  }
  return 0;
}
