// The user name of a login. Property: what parses is the parts of the name, and
// selector-safe.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/ssh/login_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto name = zomg::common::parse_login_name(text);
  if (!name) return 0;
  CHECK(name->text() == text);
  CHECK(name->box_name().find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
        std::string::npos);
  CHECK(name->container.empty() || zomg::common::is_container_name(name->container));
  return 0;
}
