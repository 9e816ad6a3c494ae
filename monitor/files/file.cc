#include "monitor/files/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/io/bytes.h"
#include "common/base/quoted.h"

namespace zomg::monitor {

using common::errno_error;
using common::Result;

namespace {

/// To open a file that is being replaced.
constexpr int kMaxAttempts = 3;

}  // namespace

Result<std::string> read_file(int fd, std::size_t max_bytes) {
  return common::read_all(fd, max_bytes);
}

Result<common::Fd> open_file(const std::string& path, StrictModes strict) {
  for (int attempt = 1;; ++attempt) {
    common::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) return errno_error("{}", common::quoted(path));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return errno_error("{}", common::quoted(path));
    if (!S_ISREG(status.st_mode)) {
      return common::error("{}: not a regular file", common::quoted(path));
    }
    if (strict == StrictModes::kNo) return file;
    const Result<void> checked = common::check_secure_path(file.get(), path);
    if (checked) return file;
    if (checked.error().errno_value != ESTALE || attempt == kMaxAttempts) return checked.error();
  }
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes, StrictModes strict) {
  const auto file = open_file(path, strict);
  if (!file) return file.error();
  auto bytes = read_file(file->get(), max_bytes);
  if (!bytes) return bytes.error().with_context(common::quoted(path));
  return bytes;
}

Result<common::Fd> open_for_append(const std::string& path) {
  // O_NONBLOCK: opening a FIFO would wait for its reader.
  common::Fd file(::open(path.c_str(),
                         O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600));
  if (!file) return errno_error("{}", common::quoted(path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return errno_error("{}", common::quoted(path));
  if (!S_ISREG(status.st_mode)) return common::error("{} is no regular file", common::quoted(path));
  return file;
}

Result<void> write_new_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const common::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file) return errno_error("{}", common::quoted(path));
  if (auto written = common::write_all(file.get(), bytes); !written) {
    return written.error().with_context(common::quoted(path));
  }
  if (::fsync(file.get()) != 0) return errno_error("{}", common::quoted(path));
  return {};
}

}  // namespace zomg::monitor
