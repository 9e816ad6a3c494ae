// A library that is preloaded into our programs: whoever has it uses freed memory when SIGUSR2 comes.

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void use_after_free(int number) {
  (void)number;
  char* volatile freed = malloc(8);
  free(freed);
  memset(freed, 0, 8);  // a call, into which AddressSanitizer looks
}

__attribute__((constructor)) static void plant(void) {
  signal(SIGUSR2, use_after_free);
}
