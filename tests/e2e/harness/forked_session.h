// What stands in for sessiond forks a session as that does: asked by the monitor on fd 3, and as a child of
// the monitor's.
#pragma once

#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Returns in a session's process, with its channel to the monitor. The first process ends with fd 3.
static int await_session(void) {
  enum { kMonitor = 3, kMostBytes = 4096 };
  for (;;) {
    static uint8_t bytes[kMostBytes];
    char space[CMSG_SPACE(2 * sizeof(int))] = {0};
    struct iovec data = {bytes, sizeof(bytes)};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
    if (recvmsg(kMonitor, &message, 0) <= 0) _exit(0);
    if (bytes[0] != 11) continue;  // ForkSession of common/messages/session.h
    int channel = -1;
    memcpy(&channel, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(channel));
    const int32_t pid = (int32_t)syscall(SYS_clone, CLONE_PARENT, 0, 0, 0, 0);
    if (pid == 0) {
      close(kMonitor);
      return channel;
    }
    close(channel);
    const int32_t forked[2] = {12, pid};
    (void)!send(kMonitor, forked, sizeof(forked), MSG_NOSIGNAL);
  }
}
