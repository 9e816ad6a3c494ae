#include "monitor/helpers/resolver/container/box_environment.h"

#include <string_view>

#include "common/base/limits.h"
#include "monitor/helpers/lookup/sealed_file.h"

namespace zomg::resolver {
namespace {

bool is_variable(std::string_view entry) {
  const std::size_t equals = entry.find('=');
  return equals != std::string_view::npos && equals > 0 &&
         entry.find('\0') == std::string_view::npos;
}

}  // namespace

common::Result<common::Fd> make_environment(std::span<const std::string> environment) {
  std::string bytes;
  for (const std::string& entry : environment) {
    if (!is_variable(entry)) continue;
    bytes += entry;
    bytes += '\0';
    if (bytes.size() > limits::kMaxContainerEnvironmentBytes) {
      return common::error("the environment is over its bound");
    }
  }
  return lookup::make_sealed_file("box-environment", bytes);
}

}  // namespace zomg::resolver
