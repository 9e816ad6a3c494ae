// Stands in for sessiond: each session's process has another beside it that the monitor does not know.
#define _GNU_SOURCE
#include "forked_session.h"

int main(void) {
  (void)await_session();
  (void)fork();
  for (;;) pause();
}
