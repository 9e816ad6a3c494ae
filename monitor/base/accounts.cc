#include "monitor/base/accounts.h"

#include <pwd.h>

namespace zomg::monitor {
namespace {

common::Result<sandbox::Account> find_account(const char* name) {
  const passwd* entry = ::getpwnam(name);  // NOLINT(concurrency-mt-unsafe): one thread
  if (entry == nullptr) {
    return common::error(
        "there is no user {0}; make it with `useradd --system --user-group --no-create-home "
        "--home-dir /nonexistent --shell /usr/sbin/nologin {0}`",
        name);
  }
  if (entry->pw_uid == 0 || entry->pw_gid == 0) return common::error("the user {} is root", name);
  return sandbox::Account{entry->pw_uid, entry->pw_gid};
}

}  // namespace

common::Result<Accounts> find_accounts() {
  auto connection = find_account("zomg-ssh");
  if (!connection) return connection.error();
  auto resolver = find_account("zomg-ssh-resolver");
  if (!resolver) return resolver.error();
  auto keyring = find_account("zomg-ssh-keyring");
  if (!keyring) return keyring.error();
  auto kubernetes = find_account("zomg-ssh-kubernetes");
  if (!kubernetes) return kubernetes.error();
  auto kubectl = find_account("zomg-ssh-kubectl");
  if (!kubectl) return kubectl.error();
  auto audit = find_account("zomg-ssh-audit");
  if (!audit) return audit.error();
  auto metrics = find_account("zomg-ssh-metrics");
  if (!metrics) return metrics.error();
  auto recorder = find_account("zomg-ssh-recorder");
  if (!recorder) return recorder.error();
  auto session = find_account("zomg-ssh-session");
  if (!session) return session.error();
  auto log = find_log_account();
  if (!log) return log.error();
  return Accounts{*connection, *resolver, *keyring,  *kubernetes, *kubectl,
                  *audit,      *metrics,  *recorder, *session,    *log};
}

common::Result<sandbox::Account> find_log_account() {
  return find_account("zomg-ssh-log");
}

}  // namespace zomg::monitor
