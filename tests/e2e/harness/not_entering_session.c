// Stands in for sessiond: each session's process says that it did not enter the box, and could not have.
#define _GNU_SOURCE
#include "forked_session.h"

int main(void) {
  // SessionNotEntered of common/messages/session.h: the type, and the failure (kEnterFailed).
  static const uint32_t not_entered[2] = {9, 10};
  static uint8_t bytes[1 << 17];
  const int monitor = await_session();
  (void)!recv(monitor, bytes, sizeof(bytes), 0);
  (void)!send(monitor, not_entered, sizeof(not_entered), MSG_NOSIGNAL);
  return 0;
}
