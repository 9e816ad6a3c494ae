#include "monitor/helpers/lookup/found_box.h"

#include "common/ssh/login_name.h"

namespace zomg::lookup {

messages::ContainerNames container_names(std::span<const std::string> names) {
  messages::ContainerNames known;
  for (const std::string& name : names) {
    if (known.value.size() == limits::kMaxNamedContainers) break;
    if (common::is_container_name(name)) known.value.emplace_back(std::string_view(name));
  }
  return known;
}

}  // namespace zomg::lookup
