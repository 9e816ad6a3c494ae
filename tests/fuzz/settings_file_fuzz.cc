// The settings file, as its reader takes it apart. Property: what it hands over fits its message.
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/check.h"
#include "monitor/helpers/settings_reader/yaml_mapping.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file =
      zomg::settings_reader::read_yaml_mapping({reinterpret_cast<const char*>(data), size});
  CHECK(zomg::ipc::encode(file).has_value());
  return 0;
}
