#include "common/base/secure_path.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>

#include "common/base/fd.h"
#include "common/base/quoted.h"

namespace zomg::common {
namespace {

/// As many as the kernel follows (path_resolution(7)).
constexpr int kMaxLinks = 40;
constexpr mode_t kOthersMayWrite = S_IWGRP | S_IWOTH;

void prepend(std::deque<std::string>& names, std::string_view path) {
  std::deque<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0 && path.substr(0, end) != ".") parts.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  names.insert(names.begin(), parts.begin(), parts.end());
}

/// Goes the way from the root down: once a directory is safe, nobody can change the rest of the way
/// behind our back.
class Walk {
 public:
  Walk(const std::string& path, uid_t owner) : path_(path), owner_(owner) {}

  Result<void> to(const struct stat& opened) {
    if (path_.empty() || path_[0] != '/')
      return error("{}: not an absolute path", common::quoted(path_));
    prepend(names_, path_);
    if (auto begun = begin(); !begun) return begun;
    while (!names_.empty()) {
      if (auto went = step(); !went) return went;
    }
    if (last_.st_dev != opened.st_dev || last_.st_ino != opened.st_ino) {
      return Error{fmt::format("{}: it was replaced while it was read", common::quoted(path_)),
                   ESTALE};
    }
    return {};
  }

 private:
  bool is_trusted(uid_t uid) const { return uid == 0 || uid == owner_ || uid == ::geteuid(); }

  Error insecure(const struct stat& status) const {
    const std::string what = common::quoted(here_);
    const std::string fault =
        !is_trusted(status.st_uid)
            ? fmt::format("{} belongs to the user {}; run `chown root {}`", what, status.st_uid,
                          what)
            : fmt::format("others than root can write to {} (mode {:04o}); run `chmod go-w {}`",
                          what, status.st_mode & 07777U, what);
    const std::string before = what == common::quoted(path_) ? "" : common::quoted(path_) + ": ";
    return {fmt::format("{}{}, or set ZOMG_SSH_STRICT_MODES=no", before, fault), kInsecure};
  }

  Result<void> begin() {
    here_ = "/";
    return enter(Fd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)));
  }

  Result<void> enter(Fd directory) {
    if (!directory || ::fstat(directory.get(), &last_) != 0)
      return errno_error("{}", common::quoted(here_));
    directory_ = std::move(directory);
    const bool writable = (last_.st_mode & kOthersMayWrite) != 0;
    is_sticky_ = writable && (last_.st_mode & S_ISVTX) != 0 && last_.st_uid == 0 && !names_.empty();
    if (!is_trusted(last_.st_uid) || (writable && !is_sticky_)) return insecure(last_);
    return {};
  }

  Result<void> follow(const std::string& name) {
    if (++links_ > kMaxLinks) return error("{}: too many symbolic links", common::quoted(path_));
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(directory_.get(), name.c_str(), target.data(), target.size());
    if (size < 0) return errno_error("{}", common::quoted(here_));
    prepend(names_, {target.data(), static_cast<std::size_t>(size)});
    here_ = before_;
    return target[0] == '/' ? begin() : Result<void>();
  }

  Result<void> step() {
    const std::string name = std::move(names_.front());
    names_.pop_front();
    before_ = here_;
    here_ += here_ == "/" ? name : "/" + name;
    struct stat status {};
    if (::fstatat(directory_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return errno_error("{}", common::quoted(here_));
    }
    if (is_sticky_ && !is_trusted(status.st_uid)) return insecure(status);
    if (S_ISLNK(status.st_mode)) return follow(name);
    if (S_ISDIR(status.st_mode)) {
      return enter(Fd(
          ::openat(directory_.get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)));
    }
    if (!names_.empty()) return error("{}: not a directory", common::quoted(here_));
    last_ = status;
    if (!is_trusted(status.st_uid) || (status.st_mode & kOthersMayWrite) != 0) {
      return insecure(status);
    }
    return {};
  }

  const std::string& path_;
  uid_t owner_;
  std::deque<std::string> names_;  ///< what is left of the way
  std::string here_;               ///< for the Error
  std::string before_;
  Fd directory_;
  bool is_sticky_ = false;
  int links_ = 0;
  struct stat last_ {};
};

}  // namespace

Result<void> check_secure_path(int fd, const std::string& path, uid_t owner) {
  struct stat opened {};
  if (::fstat(fd, &opened) != 0) return errno_error("{}", common::quoted(path));
  return Walk(path, owner).to(opened);
}

}  // namespace zomg::common
