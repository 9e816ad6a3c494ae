// A public key blob, and a signature blob by it: the first two bytes are the key's length.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "monitor/keys/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::monitor;
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t key_size = std::min<std::size_t>(data[0] * 256U + data[1], bytes.size());
  const auto fields = parse_key_blob(bytes.substr(0, key_size));
  if (!fields) return 0;
  CHECK(fields->blob() == bytes.substr(0, key_size));
  const auto signature = Signature::parse(bytes.substr(key_size), fields->type);
  const auto key = PublicKey::make(*fields);
  if (signature && key) (void)verify_signature(*key, *signature, "data").has_value();
  return 0;
}
