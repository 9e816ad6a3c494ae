#include "monitor/supervisor/state_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "common/base/quoted.h"

namespace zomg::monitor {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

/// Whether nobody but root, or who we are in a test, can write.
bool is_ours(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

Result<Fd> open_directory(const std::string& path, common::StrictModes strict) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return errno_error("{}", path);
  struct stat status {};
  if (::fstat(directory.get(), &status) != 0) return errno_error("{}", path);
  if (!is_ours(status)) return common::error("{}: others than root can write there", path);
  if (strict == common::StrictModes::kNo) return directory;
  if (auto checked = common::check_secure_path(directory.get(), path); !checked) {
    return checked.error();
  }
  return directory;
}

Result<Fd> open_state_file(int directory, const char* name) {
  Fd file(::openat(directory, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (!file) return errno_error("{}", name);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return errno_error("{}", name);
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || !is_ours(status)) {
    return common::error("{}: not a file of root's alone", name);
  }
  return file;
}

}  // namespace

Result<common::FdPair> open_state_files(const std::string& directory, common::StrictModes strict) {
  auto opened = open_directory(directory, strict);
  if (!opened) return opened.error();
  auto first = open_state_file(opened->get(), "github-keys.0");
  if (!first) return first.error().with_context(directory);
  auto second = open_state_file(opened->get(), "github-keys.1");
  if (!second) return second.error().with_context(directory);
  // The names last, too; what is in the files is the keyring's to sync.
  if (::fsync(opened->get()) != 0) return errno_error("{}", directory);
  return common::FdPair{std::move(*first), std::move(*second)};
}

Result<void> check_state_directory(const std::string& directory) {
  const Fd opened(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened && errno == ENOENT) return {};
  if (!opened) return errno_error("{}", common::quoted(directory));
  return common::check_secure_path(opened.get(), directory);
}

}  // namespace zomg::monitor
