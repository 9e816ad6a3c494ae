#include "listener/connection/session/fd_checks.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace zomg::connection {
namespace {

bool is_pipe(int fd, int access) {
  struct stat status {};
  const int flags = ::fcntl(fd, F_GETFL);
  return ::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && flags >= 0 &&
         (flags & O_ACCMODE) == access;
}

}  // namespace

bool is_terminal_master(int fd) {
  struct stat status {};
  int number = 0;
  return ::fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) &&
         ::ioctl(fd, TIOCGPTN, &number) == 0;
}

bool is_pipe_to_read(int fd) {
  return is_pipe(fd, O_RDONLY);
}

bool is_pipe_to_write(int fd) {
  return is_pipe(fd, O_WRONLY);
}

}  // namespace zomg::connection
