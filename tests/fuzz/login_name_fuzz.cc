// The user name of a login. Property: what parses is the two halves of the name, and selector-safe.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/check.h"
#include "common/login_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto name = zomg::common::parse_login_name(text);
  if (!name) return 0;
  CHECK(name->project + "--" + name->box == text);
  CHECK(
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
      std::string_view::npos);
  return 0;
}
