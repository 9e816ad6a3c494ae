#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secure_path.h"
#include "monitor/login/certificate.h"
#include "monitor/login/revocation_list.h"

namespace zomg::monitor {

/// The file of keys that may not log in whatever else says so (sshd_config(5) RevokedKeys): public
/// keys, one a line, or a key revocation list of ssh-keygen(1) -k.
class RevokedKeys {
 public:
  /// `path` may be empty: then nothing is revoked.
  explicit RevokedKeys(std::string path, common::StrictModes strict = common::StrictModes::kYes)
      : path_(std::move(path)), strict_(strict) {}

  /// Whether the key, and the certificate that it came in and its authority, are not revoked. As in
  /// sshd, a file that cannot be read revokes every key.
  common::Result<void> check(std::string_view key_blob,
                             const std::optional<Certificate>& certificate) const;
  /// The same of somebody who is logged in: a file that cannot be read says nothing against them.
  common::Result<void> check_again(std::string_view key_blob,
                                   const std::optional<Certificate>& certificate) const;

  /// Reads the file, which takes as long as it takes. The Error is for an operator to hear of at start.
  common::Result<void> load();

  /// What the file holds now, or why it cannot be read. True when there is another list than before.
  bool take(const common::Result<std::string>& bytes);

 private:
  common::Result<void> find(std::string_view key_blob,
                            const std::optional<Certificate>& certificate) const;

  std::string path_;
  common::StrictModes strict_;
  std::string bytes_;  ///< what `list_` was read from
  std::optional<RevocationList> list_;
  common::Error unreadable_{"not read yet"};  ///< why there is no list
};

}  // namespace zomg::monitor
