// Makes children of our parent, which in a session is a process of the gateway.
//
// `brood NUMBER`: so many that end at once; then says `made` and waits for its end of input.
// `brood forever`: one that makes such children without end, whatever becomes of the session; says
//   `made` and ends.

#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pid_t fork_sibling(void) {
  return (pid_t)syscall(SYS_clone, CLONE_PARENT, NULL, NULL, NULL, NULL);
}

static void make_one(void) {
  if (fork_sibling() == 0) _exit(0);
}

int main(int count, char** words) {
  if (count != 2) return 2;
  if (strcmp(words[1], "forever") == 0) {
    if (fork_sibling() == 0) {
      signal(SIGHUP, SIG_IGN);
      setsid();
      for (int fd = 0; fd < 3; ++fd) close(fd);
      while (1) make_one();
    }
    return puts("made") < 0;
  }
  for (int left = atoi(words[1]); left > 0; --left) make_one();
  puts("made");
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) continue;
  return 0;
}
