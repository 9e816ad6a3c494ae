// PID 1 of a pod's sandbox and of a box: reaps what the box orphans, and ends on SIGTERM.
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  // Blocked, so that one that comes before sigwait is not lost: the kernel drops what PID 1
  // ignores.
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return 1;
  for (;;) {
    int signal_number = 0;
    if (sigwait(&set, &signal_number) != 0) return 1;
    if (signal_number != SIGCHLD) return 0;
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
  }
}
