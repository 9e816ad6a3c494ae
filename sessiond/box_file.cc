#include "sessiond/box_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "common/fd.h"

namespace zomg::sessiond {

std::string read_box_file(const char* path, std::size_t max_bytes) {
  // O_NONBLOCK: a box may have put a fifo there, or a magic link to a descriptor.
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const common::Fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const common::Fd file(
      static_cast<int>(::syscall(SYS_openat2, root.get(), path, &how, sizeof(how))));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  std::string text(max_bytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

}  // namespace zomg::sessiond
