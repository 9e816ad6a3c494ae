// Stands in for sessiond: tells the monitor (fd 3) again and again that it has entered the box, for as
// long as somebody listens.
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kMonitor = 3, kPackets = 2, kMostBytes = 4096 };

int main(void) {
  // SessionEntered of common/messages/session.h: the type, and a byte.
  static const uint8_t entered[5] = {10};
  static uint8_t bytes[kMostBytes];
  for (int i = 0; i < kPackets; ++i) (void)!recv(kMonitor, bytes, sizeof(bytes), 0);
  while (send(kMonitor, entered, sizeof(entered), MSG_NOSIGNAL) > 0) {
  }
  for (;;) pause();
}
