#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace zomg::monitor {

/// An ed25519 key pair as its file holds it.
struct Ed25519KeyPair {
  std::string seed;         ///< 32 bytes, RFC 8032's private key
  std::string public_half;  ///< 32 bytes

  ~Ed25519KeyPair();
};

/// Parses the text of an unencrypted ed25519 key in OpenSSH's format (PROTOCOL.key).
common::Result<Ed25519KeyPair> parse_private_key(std::string_view text);

/// The text of such a file.
std::string format_private_key(const Ed25519KeyPair& key, std::string_view comment);

/// Overwrites `secret` in a way that no compiler leaves out, and empties it.
void wipe(std::string& secret);

}  // namespace zomg::monitor
