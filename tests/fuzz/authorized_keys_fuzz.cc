// The text of authorized_keys. Property: what was taken is found again, and by its key alone.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/check.h"
#include "monitor/authorized_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::monitor;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  AuthorizedKeys keys;
  const auto rejected = keys.add(text, "fuzz");
  AuthorizedKeys again;
  CHECK(again.add(text, "fuzz").size() == rejected.size());
  CHECK(again.size() == keys.size());
  return 0;
}
