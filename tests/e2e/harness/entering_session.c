// Stands in for sessiond: each session's process tells the monitor again and again that it has entered the
// box, for as long as somebody listens.
#define _GNU_SOURCE
#include "forked_session.h"

int main(void) {
  // SessionEntered of common/messages/session.h: the type, and a byte.
  static const uint8_t entered[5] = {10};
  static uint8_t bytes[4096];
  const int monitor = await_session();
  (void)!recv(monitor, bytes, sizeof(bytes), 0);
  while (send(monitor, entered, sizeof(entered), MSG_NOSIGNAL) > 0) {
  }
  for (;;) pause();
}
