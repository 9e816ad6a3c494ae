// The host key's file. Property: a key that was read has both halves, and is read again from the
// file that is made of it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "monitor/keys/private_key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::monitor;
  const auto key = parse_private_key({reinterpret_cast<const char*>(data), size});
  if (!key) return 0;
  CHECK(key->seed.size() == 32 && key->public_half.size() == 32);
  const auto again = parse_private_key(format_private_key(*key, "fuzz"));
  CHECK(again && again->seed == key->seed && again->public_half == key->public_half);
  return 0;
}
