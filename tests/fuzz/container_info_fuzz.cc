// The JSON of a verbose ContainerStatus, and the environment that is made of it.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/base/limits.h"
#include "monitor/helpers/resolver/container/box_environment.h"
#include "monitor/helpers/resolver/container/container_info.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg;
  const auto info = resolver::parse_container_info({reinterpret_cast<const char*>(data), size});
  if (!info) return 0;
  CHECK(info->pid > 0);
  // What was read is within the bound already, so there is always an environment.
  const auto environment = resolver::make_environment(info->environment);
  CHECK(environment.has_value());
  std::string bytes(limits::kMaxContainerEnvironmentBytes, '\0');
  const ssize_t length = ::pread(environment->get(), bytes.data(), bytes.size(), 0);
  CHECK(length == 0 || (length > 0 && bytes[static_cast<std::size_t>(length) - 1] == '\0'));
  return 0;
}
