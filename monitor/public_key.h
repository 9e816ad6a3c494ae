#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/result.h"

namespace zomg::monitor {

/// The key types that may log in. DSA and RSA under 2048 bits are none of them.
enum class KeyType { kEd25519, kEcdsa256, kEcdsa384, kEcdsa521, kRsa, kSkEd25519, kSkEcdsa };

using EvpKey = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

/// A user's public key, from the blob of RFC 4253 §6.6 (RFC 8332, RFC 8709, RFC 5656,
/// PROTOCOL.u2f).
class PublicKey {
 public:
  /// Fails for another type, a key that is too weak, a point off its curve, trailing bytes.
  static common::Result<PublicKey> parse(std::string_view blob);

  KeyType type() const { return type_; }
  /// The key's type name, e.g. `ssh-ed25519`.
  std::string_view type_name() const;
  /// Whether the key lives on a FIDO authenticator.
  bool is_security_key() const;
  /// The application of a FIDO key, e.g. `ssh:`; empty for others.
  const std::string& application() const { return application_; }
  const std::string& blob() const { return blob_; }
  EVP_PKEY* evp() const { return evp_.get(); }

  /// Whether `algorithm` names a signature that this key may make: rsa-sha2-256 or rsa-sha2-512 for
  /// RSA (never SHA-1), the type name for the others.
  bool can_sign(std::string_view algorithm) const;

 private:
  PublicKey(KeyType type, std::string_view blob, std::string_view application, EvpKey evp);

  KeyType type_;
  std::string blob_;
  std::string application_;
  EvpKey evp_;
};

/// `SHA256:` and the unpadded base64 of the blob's SHA-256, as ssh-keygen -l prints it.
std::string fingerprint(std::string_view blob);

}  // namespace zomg::monitor
