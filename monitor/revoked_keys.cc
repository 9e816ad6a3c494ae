#include "monitor/revoked_keys.h"

#include "common/limits.h"
#include "common/log.h"
#include "monitor/file.h"

namespace zomg::monitor {
namespace {

using common::Result;

/// Whether a file that was seen as `a` may have other content when it is seen as `b`.
bool differ(const struct stat& a, const struct stat& b) {
  return a.st_dev != b.st_dev || a.st_ino != b.st_ino || a.st_size != b.st_size ||
         a.st_mtim.tv_sec != b.st_mtim.tv_sec || a.st_mtim.tv_nsec != b.st_mtim.tv_nsec ||
         a.st_ctim.tv_sec != b.st_ctim.tv_sec || a.st_ctim.tv_nsec != b.st_ctim.tv_nsec;
}

}  // namespace

Result<void> RevokedKeys::load() {
  if (path_.empty()) return {};
  struct stat now {};
  if (::stat(path_.c_str(), &now) != 0) {
    list_.reset();
    return common::errno_error("{}", path_);
  }
  if (!differ(seen_, now)) {
    if (list_) return {};
    if (unreadable_) return *unreadable_;
  }
  list_.reset();
  unreadable_.reset();
  auto bytes = read_file(path_, limits::kMaxRevokedKeysBytes);
  if (!bytes) return bytes.error();
  auto list = RevocationList::parse(*bytes);
  // What was seen before it was read is what is compared: a change in between is read next time.
  seen_ = now;
  if (!list) {
    unreadable_ = list.error().with_context(path_);
    return *unreadable_;
  }
  list_ = std::move(*list);
  ++times_read_;
  return {};
}

void RevokedKeys::watch(EventLoop& loop, std::function<void()> on_change) {
  if (path_.empty()) return;
  loop_ = &loop;
  on_change_ = std::move(on_change);
  times_told_ = times_read_;
  loop_->after(limits::kKeyFilePoll, [this] { look(); });
}

void RevokedKeys::look() {
  (void)load().has_value();  // why it cannot be read is in the log with each login that is refused
  if (std::exchange(times_told_, times_read_) != times_read_) on_change_();
  loop_->after(limits::kKeyFilePoll, [this] { look(); });
}

Result<void> RevokedKeys::check(std::string_view key_blob,
                                const std::optional<Certificate>& certificate) {
  if (path_.empty()) return {};
  if (auto loaded = load(); !loaded) {
    return loaded.error().with_context("every key is refused, as the revoked keys cannot be read");
  }
  return find(key_blob, certificate);
}

Result<void> RevokedKeys::check_again(std::string_view key_blob,
                                      const std::optional<Certificate>& certificate) {
  if (path_.empty() || !load()) return {};
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
