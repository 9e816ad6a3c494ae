/* Uses up what the kernel counts by user, as any user that root of a box can become.
 *
 *   flood UID descriptors N    N descriptors on their way through unix sockets
 *   flood UID processes N      N processes
 *
 * Says `full` and stays as it is. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kEach = 200 };

static void fail(const char* what) {
  fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int send_some(int socket, const int* fds, int count) {
  char byte = 0;
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * kEach)];
  } control;
  memset(&control, 0, sizeof(control));
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count)};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
  memcpy(CMSG_DATA(header), fds, sizeof(int) * (size_t)count);
  return sendmsg(socket, &message, MSG_DONTWAIT) == 1;
}

static void put_in_flight(int total) {
  int fds[kEach];
  for (int i = 0; i < kEach; ++i) fds[i] = STDIN_FILENO;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) fail("socketpair");
  while (total > 0) {
    const int count = total < kEach ? total : kEach;
    if (send_some(ends[0], fds, count)) {
      total -= count;
    } else if (errno != EAGAIN || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
      fail("send");
    }
  }
}

static void make_processes(int total) {
  for (int i = 0; i < total; ++i) {
    const pid_t child = fork();
    if (child < 0) fail("fork");
    if (child > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pause();
    _exit(0);
  }
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const uid_t user = (uid_t)atoi(argv[1]);
  if (setresuid(user, user, user) != 0) fail("setresuid");
  const int total = atoi(argv[3]);
  if (strcmp(argv[2], "descriptors") == 0) put_in_flight(total);
  if (strcmp(argv[2], "processes") == 0) make_processes(total);
  puts("full");
  fflush(stdout);
  for (;;) pause();
}
