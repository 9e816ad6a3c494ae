#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.h"
#include "monitor/certificate.h"
#include "monitor/event_loop.h"
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
  /// The same of somebody who is logged in: a file that cannot be read says nothing against them.
  common::Result<void> check_again(std::string_view key_blob,
                                   const std::optional<Certificate>& certificate);

  /// Reads the file if it has changed. The Error is for an operator to hear of at start.
  common::Result<void> load();

  /// From now on the file is looked at, and `on_change` called each time that another content of it
  /// was read. The object stays where it is.
  void watch(EventLoop& loop, std::function<void()> on_change);

 private:
  void look();
  common::Result<void> find(std::string_view key_blob,
                            const std::optional<Certificate>& certificate) const;

  std::string path_;
  struct stat seen_ {};
  std::optional<RevocationList> list_;
  std::optional<common::Error> unreadable_;  ///< why there is no list in what was seen
  std::uint64_t times_read_ = 0;
  std::uint64_t times_told_ = 0;
  EventLoop* loop_ = nullptr;
  std::function<void()> on_change_;
};

}  // namespace zomg::monitor
