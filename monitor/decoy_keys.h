#pragma once

#include <array>
#include <string>
#include <string_view>

#include "monitor/key_blob.h"
#include "monitor/public_key.h"

namespace zomg::monitor {

/// Public keys that nobody has, to verify a signature with where the key that a client named is not
/// authorized: the refusal takes as long as that of a wrong signature, and no arithmetic is done on
/// a stranger's numbers.
class DecoyKeys {
 public:
  DecoyKeys();

  /// A key of the same type, application, and for RSA size and exponent as `fields`. What it
  /// verifies means nothing.
  PublicKey like(const KeyFields& fields) const;

 private:
  /// One for each KeyType but RSA.
  std::array<std::string, 7> points_;
};

/// Whether `signature`, the bare number of an RSA signature, is under the modulus: what is not
/// OpenSSL refuses before any arithmetic, by a modulus that a decoy does not share. True for other
/// types.
bool is_in_range(const KeyFields& fields, std::string_view signature);

}  // namespace zomg::monitor
