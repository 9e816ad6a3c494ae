#include "monitor/helpers/lookup/object_name.h"

#include "common/base/limits.h"
#include "common/base/quoted.h"

namespace zomg::lookup {

common::Result<void> check_object_name(std::string_view name) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789-.";
  if (name.empty() || name.size() > limits::kMaxObjectNameBytes || name.front() == '-' ||
      name.find_first_not_of(kAlphabet) != std::string_view::npos) {
    return common::error("{} is not the name of a Kubernetes object",
                         common::quoted(name.substr(0, limits::kMaxObjectNameBytes)));
  }
  return {};
}

}  // namespace zomg::lookup
