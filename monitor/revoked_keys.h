#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

#include "common/result.h"
#include "monitor/certificate.h"
#include "monitor/revocation_list.h"

namespace zomg::monitor {

/// The file of keys that may not log in whatever else says so (sshd_config(5) RevokedKeys): public
/// keys, one a line, or a key revocation list of ssh-keygen(1) -k.
class RevokedKeys {
 public:
  /// `path` may be empty: then nothing is revoked.
  explicit RevokedKeys(std::string path) : path_(std::move(path)) {}

  /// Whether the key, and the certificate that it came in and its authority, are not revoked. The
  /// file is read again when it has changed. As in sshd, one that cannot be read revokes every key.
  common::Result<void> check(std::string_view key_blob,
                             const std::optional<Certificate>& certificate);

  /// Reads the file if it has changed. The Error is for an operator to hear of at start.
  common::Result<void> load();

 private:
  std::string path_;
  struct stat seen_ {};
  std::optional<RevocationList> list_;
};

}  // namespace zomg::monitor
