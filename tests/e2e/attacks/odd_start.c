/* Executes a program with unusual values of what it then inherits:

     odd_start NAME... -- PROGRAM ARGUMENT...

   Each NAME is a row of the table below. */

#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As a login of root's has it. */
static int keyring(void) {
  return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
                 syscall(SYS_add_key, "user", "of-the-gateway", "secret", 6,
                         KEY_SPEC_SESSION_KEYRING) < 0 ||
                 syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING) <
                     0
             ? -1
             : 0;
}

static const struct {
  const char* name;
  int (*set)(void);
} rows[] = {
    {"keyring", keyring},
};

static void set(const char* name) {
  for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); ++row) {
    if (strcmp(rows[row].name, name) != 0) continue;
    if (rows[row].set() == 0) return;
    fprintf(stderr, "odd_start: %s: %s\n", name, strerror(errno));
    exit(1);
  }
  fprintf(stderr, "odd_start: there is no %s\n", name);
  exit(2);
}

int main(int argc, char** argv) {
  int next = 1;
  for (; next < argc && strcmp(argv[next], "--") != 0; ++next) set(argv[next]);
  if (next + 1 >= argc) {
    fprintf(stderr, "usage: odd_start NAME... -- PROGRAM ARGUMENT...\n");
    return 2;
  }
  execv(argv[next + 1], argv + next + 1);
  perror(argv[next + 1]);
  return 1;
}
