#include "sessiond/box/box_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include <linux/openat2.h>

#include "common/base/fd.h"

namespace zomg::sessiond {

std::string read_box_file(const char* path, std::size_t max_bytes) {
  const common::Fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  return read_box_file(root.get(), path, max_bytes);
}

std::string read_box_file(int root, const char* path, std::size_t max_bytes) {
  // O_NONBLOCK: a box may have put a fifo there, or a magic link to a descriptor.
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const common::Fd file(static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof(how))));
  return read_regular_file(file.get(), max_bytes);
}

std::string read_regular_file(int file, std::size_t max_bytes) {
  constexpr std::size_t kFirstBytes = 4096;
  struct stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return {};
  // Not by the size that it tells: /proc tells none.
  std::string text;
  std::size_t size = 0;
  while (size < max_bytes) {
    if (size == text.size()) text.resize(std::min(max_bytes, std::max(kFirstBytes, 2 * size)));
    const ssize_t got =
        ::pread(file, text.data() + size, text.size() - size, static_cast<off_t>(size));
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

}  // namespace zomg::sessiond
