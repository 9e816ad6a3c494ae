#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.h"
#include "monitor/keys/public_key.h"

namespace zomg::monitor {

/// A signature blob (RFC 4253 §6.6), as views into it.
struct Signature {
  std::string_view algorithm;
  std::string_view value;
  /// Of a FIDO key (PROTOCOL.u2f); 0 for others.
  std::uint8_t flags = 0;
  std::uint32_t counter = 0;

  /// Fails for what a key of this type cannot make: another algorithm, SHA-1, missing or trailing
  /// bytes.
  static common::Result<Signature> parse(std::string_view blob, KeyType type);

  /// Whether the authenticator was touched, and whether it knows who touched it.
  bool user_present() const { return (flags & 0x01) != 0; }
  bool user_verified() const { return (flags & 0x04) != 0; }
};

/// Verifies that `signature` is `key`'s over `data`; what a FIDO key saw is for the caller to
/// judge. The Error says why not.
common::Result<void> verify_signature(const PublicKey& key, const Signature& signature,
                                      std::string_view data);

}  // namespace zomg::monitor
