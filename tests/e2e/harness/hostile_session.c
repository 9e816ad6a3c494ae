// Stands in for sessiond, in each session's process: tells the monitor noise, other processes' messages and descriptors
// in the place of what a session has to say, differently each time, and ends.
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef HOSTILE_ZYGOTE
#include "forked_session.h"
#endif

enum { kPackets = 50, kMostBytes = 4096 };

static int monitor = 3;

static void tell(const uint8_t* bytes, size_t size, int with_descriptor) {
  char space[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec data = {(void*)bytes, size};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (with_descriptor) {
    message.msg_control = space;
    message.msg_controllen = sizeof(space);
    struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int descriptor = 2;
    memcpy(CMSG_DATA(header), &descriptor, sizeof(descriptor));
  }
  (void)!sendmsg(monitor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int main(void) {
  static uint8_t bytes[kMostBytes];
  uint16_t size = 0;
#ifndef HOSTILE_ZYGOTE
  monitor = await_session();
#endif
  (void)!recv(monitor, bytes, sizeof(bytes), 0);  // what session it is to be
  for (int i = 0; i < kPackets; ++i) {
    if (getrandom(bytes, sizeof(bytes), 0) < 0 || getrandom(&size, sizeof(size), 0) < 0) return 1;
    // Mostly of a type that there is.
    if (size % 4 != 0) memset(bytes + 1, 0, 3), bytes[0] %= 16;
    tell(bytes, size % 8 == 0 ? size % kMostBytes : size % 24, size % 7 == 0);
  }
  return 0;
}
