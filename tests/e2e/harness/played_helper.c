// Stands in for a helper program of the monitor: hands the channel that the monitor gave it (fd 3)
// to the test, which listens at the path of this program with `.sock` after it, and waits.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { kMonitor = 3 };

int main(void) {
  struct sockaddr_un test = {.sun_family = AF_UNIX};
  char self[sizeof(test.sun_path) - 8] = {0};
  if (readlink("/proc/self/exe", self, sizeof(self) - 1) <= 0) return 1;
  snprintf(test.sun_path, sizeof(test.sun_path), "%s.sock", self);
  const int link = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(link, (const struct sockaddr*)&test, sizeof(test)) != 0) return 1;

  char space[CMSG_SPACE(sizeof(int))] = {0};
  char byte = 0;
  struct iovec data = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  const int channel = kMonitor;
  memcpy(CMSG_DATA(header), &channel, sizeof(channel));
  if (sendmsg(link, &message, MSG_NOSIGNAL) != 1) return 1;
  close(kMonitor);  // the test's copy is the only one: when it closes, the monitor sees the end
  for (;;) pause();
}
