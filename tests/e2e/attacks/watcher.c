// Runs in a box as its root and goes at every new process there that is still the gateway's:
//   watcher COMM OUTPUT
// A process counts as the gateway's while its comm is COMM, or its executable's name has "zomg" in
// it. Each thing that succeeded is one line of OUTPUT, once; "ready" is the first. Ends with
// SIGTERM.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char* wanted;
static FILE* output;
static char lines[256][200];
static int line_count;
static int held[64];
static int held_count;

static void say(const char* format, ...) {
  char line[200];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  for (int i = 0; i < line_count; ++i) {
    if (strcmp(lines[i], line) == 0) return;
  }
  if (line_count == 256) return;
  strcpy(lines[line_count++], line);
  fprintf(output, "%s\n", line);
  fflush(output);
}

static const char* path_of(int pid, const char* name) {
  static char path[320];
  snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
  return path;
}

static ssize_t slurp(int pid, const char* name, char* text, size_t size) {
  const int fd = open(path_of(pid, name), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  const ssize_t got = read(fd, text, size - 1);
  close(fd);
  if (got >= 0) text[got] = '\0';
  return got;
}

static int is_ours(int pid) {
  char text[256];
  ssize_t got = slurp(pid, "comm", text, sizeof(text));
  if (got < 0) return -1;
  if (got > 0 && text[got - 1] == '\n') text[got - 1] = '\0';
  if (strcmp(text, wanted) == 0) return 1;
  got = readlink(path_of(pid, "exe"), text, sizeof(text) - 1);
  if (got < 0) return 0;
  text[got] = '\0';
  return strstr(text, "zomg") != NULL;
}

static void look_at_capabilities(int pid) {
  char text[4096];
  if (slurp(pid, "status", text, sizeof(text)) < 0) return;
  const char* permitted = strstr(text, "CapPrm:");
  if (permitted != NULL && is_ours(pid) == 1) say("permitted %.16s", permitted + 8);
}

static void try_to_open(int pid, const char* name, int flags, const char* what) {
  const int fd = open(path_of(pid, name), flags | O_CLOEXEC);
  if (fd < 0) return;
  // Opened while it was ours, if it still is.
  if (is_ours(pid) == 1) say("%s", what);
  close(fd);
}

// The executable of a process that runs is busy. So it is held, and written once nobody runs it.
static void hold_executable(int pid) {
  const int fd = open(path_of(pid, "exe"), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (held_count < 64 && is_ours(pid) == 1) {
    held[held_count++] = fd;
    say("executable held");
  } else {
    close(fd);
  }
}

static void overwrite_held(void) {
  for (int i = 0; i < held_count; ++i) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", held[i]);
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) continue;
    if (pwrite(fd, "overwritten", 11, 0) == 11) say("executable overwritten");
    close(fd);
  }
  // How often it was tried.
  fprintf(output, "round\n");
  fflush(output);
}

static void try_to_trace(int pid) {
  if (ptrace(PTRACE_SEIZE, pid, 0, 0) != 0) return;
  ptrace(PTRACE_INTERRUPT, pid, 0, 0);
  waitpid(pid, NULL, __WALL);
  if (is_ours(pid) == 1) say("traced");
  ptrace(PTRACE_DETACH, pid, 0, 0);
}

static void look_at_descriptors(int pid) {
  DIR* directory = opendir(path_of(pid, "fd"));
  if (directory == NULL) return;
  const struct dirent* entry;
  while ((entry = readdir(directory)) != NULL) {
    char name[sizeof(entry->d_name) + 3];
    char target[256];
    if (entry->d_name[0] == '.') continue;
    snprintf(name, sizeof(name), "fd/%s", entry->d_name);
    const ssize_t got = readlink(path_of(pid, name), target, sizeof(target) - 1);
    if (got < 0) continue;
    target[got] = '\0';
    for (char* c = target; *c != '\0'; ++c) {
      if (*c >= '0' && *c <= '9') *c = 'N';
    }
    if (is_ours(pid) == 1) say("descriptor %s", target);
  }
  closedir(directory);
}

static void attack(int pid, int trace) {
  look_at_capabilities(pid);
  hold_executable(pid);
  try_to_open(pid, "mem", O_RDWR, "memory opened");
  try_to_open(pid, "environ", O_RDONLY, "environment opened");
  try_to_open(pid, "root/proc", O_RDONLY, "root opened");
  try_to_open(pid, "cwd/.", O_RDONLY, "directory opened");
  look_at_descriptors(pid);
  if (trace) try_to_trace(pid);
}

// The pid that this namespace gave away last, from proc(5) /proc/loadavg.
static int newest_pid(void) {
  static int loadavg = -1;
  char text[128];
  if (loadavg < 0) loadavg = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
  const ssize_t got = pread(loadavg, text, sizeof(text) - 1, 0);
  if (got <= 0) return 1;
  text[got] = '\0';
  return atoi(strrchr(text, ' ') + 1);
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  wanted = argv[1];
  output = fopen(argv[2], "w");
  if (output == NULL) return 1;
  const int own = getpid();
  say("ready");
  for (unsigned round = 0;; ++round) {
    if (round % 1024 == 0) overwrite_held();
    // The next one can be there before it is known as the newest.
    const int newest = newest_pid();
    for (int pid = newest > 3 ? newest - 3 : 2; pid <= newest + 1; ++pid) {
      if (pid == own || is_ours(pid) != 1) continue;
      say("seen");
      // Tracing stops it, and the rest wants it on its way; so it is tried every other time.
      attack(pid, round % 2 == 1);
    }
  }
}
