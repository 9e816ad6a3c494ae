// Strangers who flood a server: SSH clients from addresses 127.0.1.1 and up of the loopback, each of
// which makes a key exchange, tries once to log in, and goes.
//
//   strangers PORT USER KEY CERTIFICATE RATE ADDRESSES SECONDS
//
// RATE connections a second in all. Prints how many there were, and how many were served up to the
// refusal of their key.
#include <libssh/libssh.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kWorkers = 16 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int is_refused(const char* address, const char* port, const char* user, ssh_key key) {
  const int no = 0;
  const long seconds = 10;
  ssh_session session = ssh_new();
  if (session == NULL) return 0;
  ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
  ssh_options_set(session, SSH_OPTIONS_HOST, "127.0.0.1");
  ssh_options_set(session, SSH_OPTIONS_PORT_STR, port);
  ssh_options_set(session, SSH_OPTIONS_USER, user);
  ssh_options_set(session, SSH_OPTIONS_BINDADDR, address);
  ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &seconds);
  ssh_options_set(session, SSH_OPTIONS_KEY_EXCHANGE, "curve25519-sha256");
  const int refused = ssh_connect(session) == SSH_OK &&
                      ssh_userauth_publickey(session, NULL, key) == SSH_AUTH_DENIED;
  ssh_disconnect(session);
  ssh_free(session);
  return refused;
}

// One of kWorkers: has its share of the addresses, and of the rate.
static void work(int worker, char** arguments, int result) {
  const double interval = kWorkers / atof(arguments[5]);
  const int addresses = atoi(arguments[6]);
  const double end = now() + atof(arguments[7]);
  ssh_key key = NULL;
  ssh_key certificate = NULL;
  if (ssh_pki_import_privkey_file(arguments[3], NULL, NULL, NULL, &key) != SSH_OK ||
      ssh_pki_import_cert_file(arguments[4], &certificate) != SSH_OK ||
      ssh_pki_copy_cert_to_privkey(certificate, key) != SSH_OK) {
    _exit(1);
  }
  int counts[2] = {0, 0};
  double next = now() + interval * worker / kWorkers;
  for (int number = worker; next < end; number += kWorkers, next += interval) {
    // Who is late does not catch up: it would be a burst.
    if (next < now() - interval) next = now();
    while (now() < next) usleep(1000);
    char address[32];
    const int which = number % addresses;
    snprintf(address, sizeof(address), "127.0.%d.%d", 1 + which / 250, 1 + which % 250);
    counts[0] += 1;
    counts[1] += is_refused(address, arguments[1], arguments[2], key);
  }
  _exit(write(result, counts, sizeof(counts)) != sizeof(counts));
}

int main(int count, char** arguments) {
  int results[2];
  if (count != 8 || ssh_init() != SSH_OK || pipe(results) != 0) return 2;
  for (int worker = 0; worker < kWorkers; ++worker) {
    if (fork() == 0) work(worker, arguments, results[1]);
  }
  close(results[1]);
  int sums[2] = {0, 0};
  int counts[2];
  while (read(results[0], counts, sizeof(counts)) == sizeof(counts)) {
    sums[0] += counts[0];
    sums[1] += counts[1];
  }
  while (wait(NULL) > 0) {
  }
  printf("%d %d\n", sums[0], sums[1]);
  return 0;
}
