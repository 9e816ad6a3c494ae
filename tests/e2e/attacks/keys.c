/* What a program does with the kernel's keys (keyrings(7)) that its session keyring leads to:

     keys add NAME VALUE     adds a key
     keys read NAME          prints the value of one
     keys list               prints the names of all, of its own keyring and of those linked to it
     keys fill               adds keys until the kernel refuses one, and waits for the end of its input

   Prints what the kernel said where that was no. */

#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int refused(const char* what) {
  printf("%s: %s\n", what, strerror(errno));
  return 1;
}

static int list(long ring) {
  int serials[256];
  char name[256];
  const long size = syscall(SYS_keyctl, KEYCTL_READ, ring, serials, sizeof(serials));
  if (size < 0) return refused("read the keyring");
  for (long i = 0; i < size / (long)sizeof(serials[0]) && i < 256; ++i) {
    if (syscall(SYS_keyctl, KEYCTL_DESCRIBE, serials[i], name, sizeof(name)) < 0) {
      refused("describe");
      continue;
    }
    printf("%s\n", strrchr(name, ';') + 1);
    if (strncmp(name, "keyring;", 8) == 0) list(serials[i]);
  }
  return 0;
}

int main(int argc, char** argv) {
  char value[256] = "";
  if (argc == 4 && strcmp(argv[1], "add") == 0) {
    if (syscall(SYS_add_key, "user", argv[2], argv[3], strlen(argv[3]), KEY_SPEC_SESSION_KEYRING) <
        0) {
      return refused("add");
    }
    return 0;
  }
  if (argc == 3 && strcmp(argv[1], "read") == 0) {
    const long key =
        syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", argv[2], 0);
    if (key < 0) return refused("search");
    if (syscall(SYS_keyctl, KEYCTL_READ, key, value, sizeof(value) - 1) < 0) return refused("read");
    printf("%s\n", value);
    return 0;
  }
  if (argc == 2 && strcmp(argv[1], "list") == 0) return list(KEY_SPEC_SESSION_KEYRING);
  if (argc == 2 && strcmp(argv[1], "fill") == 0) {
    for (int number = 0;; ++number) {
      snprintf(value, sizeof(value), "filling-%d", number);
      if (syscall(SYS_add_key, "user", value, value, strlen(value), KEY_SPEC_SESSION_KEYRING) < 0) {
        break;
      }
    }
    refused("fill");
    fflush(stdout);
    return read(STDIN_FILENO, value, sizeof(value)) != 0;
  }
  fprintf(stderr, "usage: keys add NAME VALUE | read NAME | list | fill\n");
  return 2;
}
