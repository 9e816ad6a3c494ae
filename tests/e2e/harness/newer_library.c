// As a library's next version: it tries another system call before it connects, and goes on without it.
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int connect(int fd, const struct sockaddr* address, socklen_t size) {
  syscall(NEW_CALL, -1, 0, 0, 0, 0, 0);
  return (int)syscall(SYS_connect, fd, address, size);
}
