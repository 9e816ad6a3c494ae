// The body of `<base>/<user>.keys`. Property: what was taken for a key is one whose type is that of
// its line, and a list made of all of them is taken again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/ssh/base64.h"
#include "common/ssh/ssh_wire.h"
#include "monitor/helpers/keyring/key_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto keys = keyring::parse_key_list(body);
  if (!keys) return 0;
  std::string again;
  for (const auto& key : keys->value) {
    std::string_view type;
    CHECK(common::WireReader(key).string(type));
    CHECK(body.find(type) != std::string_view::npos);
    again += std::string(type) + " " + common::encode_base64(key) + "\n";
  }
  const auto second = keyring::parse_key_list(again);
  // The line end that the last line may have lacked can be one byte too many.
  CHECK(second ? *second == *keys : again.size() > limits::kMaxGithubBodyBytes);
  return 0;
}
