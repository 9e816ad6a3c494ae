// A public key blob, and a signature blob by it: the first two bytes are the key's length.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/check.h"
#include "monitor/public_key.h"
#include "monitor/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::monitor;
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t key_size = std::min<std::size_t>(data[0] * 256U + data[1], bytes.size());
  const auto key = PublicKey::parse(bytes.substr(0, key_size));
  if (!key) return 0;
  CHECK(key->blob() == bytes.substr(0, key_size));
  for (const char* algorithm : {"rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"}) {
    (void)verify_signature(*key, algorithm, bytes.substr(key_size), "data", {}).has_value();
  }
  (void)verify_signature(*key, key->type_name(), bytes.substr(key_size), "data", {}).has_value();
  return 0;
}
