#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace zomg::monitor {

/// Who logs in with a test's key.
inline constexpr std::string_view kUser = "demo--box1";

/// A user's key pair, made for a test, that signs as an SSH client or its FIDO authenticator does.
class TestKey {
 public:
  /// `type` is an SSH key type name; for `ssh-rsa`, `bits` is the size of the modulus.
  explicit TestKey(std::string_view type, unsigned bits = 2048);

  const std::string& type() const { return type_; }
  /// The public key blob.
  const std::string& blob() const { return blob_; }
  /// `type base64`.
  std::string line() const;
  /// The signature blob over `data`. `algorithm` is the type's own but for RSA; `flags` are those
  /// of a FIDO authenticator.
  std::string sign(std::string_view algorithm, std::string_view data,
                   unsigned char flags = 1) const;

 private:
  std::string sign_raw(std::string_view algorithm, std::string_view data) const;

  std::string type_;
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::string blob_;
};

/// The algorithm that a client signs by with a key of its own.
inline std::string plain_algorithm(const TestKey& key) {
  return key.type() == "ssh-rsa" ? "rsa-sha2-512" : key.type();
}

}  // namespace zomg::monitor
