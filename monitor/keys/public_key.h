#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "monitor/keys/key_blob.h"

namespace zomg::monitor {

using EvpKey = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

/// A public key that can verify signatures. Making one is the first arithmetic on a key, so it is
/// made only of one that the operator, or an authority of theirs, vouched for.
class PublicKey {
 public:
  /// Fails for a blob that parse_key_blob() refuses, and for a point off its curve.
  static common::Result<PublicKey> parse(std::string_view blob);
  static common::Result<PublicKey> make(const KeyFields& fields);

  KeyType type() const { return type_; }
  /// The key's type name, e.g. `ssh-ed25519`.
  std::string_view type_name() const { return monitor::type_name(type_); }
  /// Whether the key lives on a FIDO authenticator.
  bool is_security_key() const { return monitor::is_security_key(type_); }
  /// The application of a FIDO key, e.g. `ssh:`; empty for others.
  const std::string& application() const { return application_; }
  EVP_PKEY* evp() const { return evp_.get(); }

 private:
  PublicKey(KeyType type, std::string_view application, EvpKey evp)
      : type_(type), application_(application), evp_(std::move(evp)) {}

  KeyType type_;
  std::string application_;
  EvpKey evp_;
};

/// `SHA256:` and the unpadded base64 of the blob's SHA-256, as ssh-keygen -l prints it.
std::string fingerprint(std::string_view blob);

}  // namespace zomg::monitor
