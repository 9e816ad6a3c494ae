#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secure_path.h"
#include "monitor/keys/public_key.h"

namespace zomg::monitor {

/// The gateway's ed25519 host key. Its private half is in no other process.
class HostKey {
 public:
  /// Reads an unencrypted ed25519 key in OpenSSH's format (PROTOCOL.key). Refuses a file that group
  /// or others can read, that is no regular file, or that is no such key; the Error says what to
  /// do.
  static common::Result<HostKey> load(const std::string& path,
                                      common::StrictModes strict = common::StrictModes::kYes);

  /// The raw public half, 32 bytes.
  const std::string& public_half() const { return public_half_; }
  /// The public key blob of RFC 8709 §4.
  std::string blob() const;
  /// The raw signature over `data`, 64 bytes (RFC 8709 §6).
  std::string sign(std::string_view data) const;

 private:
  HostKey(EvpKey key, std::string_view public_half)
      : key_(std::move(key)), public_half_(public_half) {}

  EvpKey key_;
  std::string public_half_;
};

/// Makes a new key at `path` (mode 0600) and `path`.pub beside it. Never overwrites.
common::Result<void> generate_host_key(const std::string& path);

}  // namespace zomg::monitor
