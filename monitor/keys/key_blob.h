#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::monitor {

/// The key types that may log in. DSA and RSA under 2048 bits are none of them.
enum class KeyType : std::uint8_t {
  kEd25519,
  kEcdsa256,
  kEcdsa384,
  kEcdsa521,
  kRsa,
  kSkEd25519,
  kSkEcdsa
};

/// A name of RFC 4253 §6.6 and its successors.
std::string_view type_name(KeyType type);
/// The name of its certificates (PROTOCOL.certkeys).
std::string_view certificate_type_name(KeyType type);
/// Whether such a key lives on a FIDO authenticator (PROTOCOL.u2f).
bool is_security_key(KeyType type);
/// OpenSSL's name of the curve; null for a type without one.
const char* curve_group(KeyType type);
/// The type with this name, or with certificates of this name; an Error when it is not allowed.
common::Result<KeyType> find_key_type(std::string_view name);
common::Result<KeyType> find_certificate_type(std::string_view name);

/// Whether `algorithm` names a signature that such a key may make: rsa-sha2-256 or rsa-sha2-512 for
/// RSA (never SHA-1), the type name for the others.
bool may_sign(KeyType type, std::string_view algorithm);
/// The same for a key that comes in a certificate, and the signature's own algorithm name: that
/// without `-cert-v01`. Empty when it may not.
std::string_view certificate_signature_algorithm(KeyType type, std::string_view algorithm);

/// As OpenSSL takes them.
inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// The parts of a public key, views into its blob. They have the sizes that their type asks for; no
/// arithmetic was done on them.
struct KeyFields {
  KeyType type = KeyType::kEd25519;
  /// Of ed25519 the 32 bytes, of ECDSA the uncompressed point.
  std::string_view point;
  /// Of RSA, without leading zero bytes.
  std::string_view exponent;
  std::string_view modulus;
  /// Of a FIDO key, e.g. `ssh:`.
  std::string_view application;

  /// The blob of RFC 4253 §6.6 (RFC 8332, RFC 8709, RFC 5656, PROTOCOL.u2f).
  std::string blob() const;
};

/// Reads the parts of a key of this type that stand next in `reader`.
common::Result<KeyFields> read_key_fields(common::WireReader& reader, KeyType type);

/// Reads a public key blob. Fails for another type, a part of another size, trailing bytes.
common::Result<KeyFields> parse_key_blob(std::string_view blob);

}  // namespace zomg::monitor
