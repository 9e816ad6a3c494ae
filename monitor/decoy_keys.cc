#include "monitor/decoy_keys.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <bit>

#include "common/check.h"

namespace zomg::monitor {
namespace {

std::string public_point(const char* group) {
  const EvpKey key(
      group != nullptr ? EVP_EC_gen(group) : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
      EVP_PKEY_free);
  CHECK(key);
  std::array<unsigned char, 1 + 2 * 66> point{};
  std::size_t size = 0;
  CHECK(EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                        point.size(), &size) == 1);
  return {reinterpret_cast<const char*>(point.data()), size};
}

/// The largest number with as many bits as `modulus`: what is under the one is under the other.
std::string largest_like(std::string_view modulus) {
  std::string largest(modulus.size(), '\xff');
  const int bits = std::bit_width(static_cast<unsigned char>(modulus[0]));
  largest[0] = static_cast<char>((1U << static_cast<unsigned>(bits)) - 1);
  return largest;
}

}  // namespace

DecoyKeys::DecoyKeys() {
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const auto type = static_cast<KeyType>(i);
    if (type != KeyType::kRsa) points_[i] = public_point(curve_group(type));
  }
}

PublicKey DecoyKeys::like(const KeyFields& fields) const {
  KeyFields decoy = fields;
  decoy.point = points_[static_cast<std::size_t>(fields.type)];
  const std::string modulus =
      fields.type == KeyType::kRsa ? largest_like(fields.modulus) : std::string();
  decoy.modulus = modulus;
  auto key = PublicKey::make(decoy);
  CHECK(key);
  return std::move(*key);
}

bool is_in_range(const KeyFields& fields, std::string_view signature) {
  if (fields.type != KeyType::kRsa) return true;
  signature.remove_prefix(std::min(signature.find_first_not_of('\0'), signature.size()));
  if (signature.size() != fields.modulus.size()) return signature.size() < fields.modulus.size();
  return signature < fields.modulus;
}

}  // namespace zomg::monitor
