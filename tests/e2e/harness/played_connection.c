// Stands in for zomg-ssh-connection, where the listener starts it: hands each packet that the test
// sends over TCP to the monitor, and the monitor's answer back. What a taken-over connection
// process could say, the test says.
//
// On the socket, both ways: u32 size, u32 number of descriptors, the packet; little-endian. A size
// of 0 from the test only asks for the next packet; from here it says that the monitor closed the
// channel.
#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kClient = 0, kMonitor = 3, kMaxFds = 8 };
static char packet[1 << 18];

static void wait_for(int fd, short events) {
  struct pollfd polled = {.fd = fd, .events = events};
  poll(&polled, 1, -1);
}

static void read_all(void* to, size_t size) {
  for (char* at = to; size > 0;) {
    wait_for(kClient, POLLIN);
    const ssize_t got = read(kClient, at, size);
    if (got == 0) _exit(0);
    if (got < 0) continue;
    at += got;
    size -= (size_t)got;
  }
}

static void write_all(const void* from, size_t size) {
  for (const char* at = from; size > 0;) {
    wait_for(kClient, POLLOUT);
    const ssize_t put = write(kClient, at, size);
    if (put < 0) continue;
    at += put;
    size -= (size_t)put;
  }
}

// `fds` copies of our own socket go along, where the test wants descriptors to.
static void send_packet(size_t size, size_t fds) {
  char space[CMSG_SPACE(sizeof(int) * kMaxFds)] = {0};
  struct iovec data = {packet, size};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (fds > 0) {
    message.msg_control = space;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * fds);
    struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * fds);
    const int own = kClient;
    for (size_t i = 0; i < fds; ++i) memcpy(CMSG_DATA(header) + i * sizeof(int), &own, sizeof(own));
  }
  sendmsg(kMonitor, &message, MSG_NOSIGNAL);
}

static void receive_packet(void) {
  char space[CMSG_SPACE(sizeof(int) * kMaxFds)];
  struct iovec data = {packet, sizeof(packet)};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
  wait_for(kMonitor, POLLIN);
  const ssize_t size = recvmsg(kMonitor, &message, 0);
  const struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  const size_t fds = size > 0 && header ? (header->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
  const uint32_t head[2] = {size > 0 ? (uint32_t)size : 0, (uint32_t)fds};
  write_all(head, sizeof(head));
  if (size <= 0) _exit(0);
  write_all(packet, (size_t)size);
}

int main(void) {
  for (;;) {
    uint32_t head[2];
    read_all(head, sizeof(head));
    if (head[0] > sizeof(packet) || head[1] > kMaxFds) return 1;
    read_all(packet, head[0]);
    if (head[0] > 0) send_packet(head[0], head[1]);
    receive_packet();
  }
}
