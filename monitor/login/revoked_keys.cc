#include "monitor/login/revoked_keys.h"

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "monitor/files/file.h"

namespace zomg::monitor {
using common::Result;

Result<void> RevokedKeys::load() {
  if (path_.empty()) return {};
  take(read_file(path_, limits::kMaxRevokedKeysBytes, strict_));
  if (list_) return {};
  return unreadable_;
}

bool RevokedKeys::take(const Result<std::string>& bytes) {
  if (!bytes) {
    list_.reset();
    unreadable_ = bytes.error();
    return false;
  }
  if (list_ && *bytes == bytes_) return false;
  auto list = RevocationList::parse(*bytes);
  if (!list) {
    list_.reset();
    unreadable_ = list.error().with_context(common::quoted(path_));
    return false;
  }
  list_ = std::move(*list);
  bytes_ = *bytes;
  return true;
}

Result<void> RevokedKeys::check(std::string_view key_blob,
                                const std::optional<Certificate>& certificate) const {
  if (path_.empty()) return {};
  if (!list_) {
    return unreadable_.with_context("every key is refused, as the revoked keys cannot be read");
  }
  return find(key_blob, certificate);
}

Result<void> RevokedKeys::check_again(std::string_view key_blob,
                                      const std::optional<Certificate>& certificate) const {
  if (path_.empty() || !list_) return {};
  return find(key_blob, certificate);
}

Result<void> RevokedKeys::find(std::string_view key_blob,
                               const std::optional<Certificate>& certificate) const {
  if (list_->revokes_key(key_blob)) return common::error("the key is revoked");
  if (certificate && list_->revokes_key(certificate->authority)) {
    return common::error("the certificate's authority is revoked");
  }
  if (certificate && list_->revokes_certificate(*certificate)) {
    return common::error("the certificate is revoked");
  }
  return {};
}

}  // namespace zomg::monitor
