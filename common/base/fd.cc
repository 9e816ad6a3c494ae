#include "common/base/fd.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace zomg::common {

void Fd::reset(int fd) {
  if (fd_ >= 0 && fd_ != fd) ::close(fd_);
  fd_ = fd;
}

Result<FdPair> make_packet_socketpair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return errno_error("socketpair");
  }
  return FdPair{Fd(ends[0]), Fd(ends[1])};
}

Result<FdPair> make_pipe(int capacity_bytes) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error("pipe2");
  FdPair pipe{Fd(ends[0]), Fd(ends[1])};
  // A user over fs.pipe-user-pages-soft gets the default size: slower, but right.
  if (capacity_bytes > 0) (void)::fcntl(pipe.first.get(), F_SETPIPE_SZ, capacity_bytes);
  return pipe;
}

Result<void> set_nonblocking(int fd, bool nonblocking) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return errno_error("fcntl F_GETFL");
  const int wanted = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  if (wanted != flags && ::fcntl(fd, F_SETFL, wanted) != 0) return errno_error("fcntl F_SETFL");
  return {};
}

bool close_all_but(std::initializer_list<int> kept) {
  unsigned first = STDERR_FILENO + 1;
  while (true) {
    // The range up to the next kept descriptor, or to the end.
    unsigned next = ~0U;
    for (const int fd : kept) {
      if (fd >= 0 && static_cast<unsigned>(fd) >= first) {
        next = std::min(next, static_cast<unsigned>(fd));
      }
    }
    const unsigned last = next == ~0U ? ~0U : next - 1;
    if (first <= last && ::syscall(SYS_close_range, first, last, 0) != 0) return false;
    if (next == ~0U) return true;
    first = next + 1;
  }
}

bool install_fd(int fd, int target) {
  if (fd == target) return ::fcntl(fd, F_SETFD, 0) == 0;
  return ::dup2(fd, target) == target;
}

}  // namespace zomg::common
