// A state file of the keyring, without its checksum, which is added: no fuzzer guesses one.
// Property: what is read is written as the same bytes again.
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/check.h"
#include "monitor/helpers/keyring/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg;
  std::array<unsigned char, 32> digest{};
  CHECK(EVP_Digest(data, size, digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  std::string content(reinterpret_cast<const char*>(data), size);
  content.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  const auto state = keyring::decode_state(content);
  if (!state) return 0;
  const auto again = keyring::encode_state(*state);
  CHECK(again && *again == content);
  return 0;
}
