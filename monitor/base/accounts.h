#pragma once

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::monitor {

/// The system accounts of the unprivileged processes: one each, so that none can touch another.
struct Accounts {
  sandbox::Account connection;  ///< zomg-ssh: listener and connection processes
  sandbox::Account resolver;    ///< zomg-ssh-resolver
  sandbox::Account keyring;     ///< zomg-ssh-keyring
  sandbox::Account kubernetes;  ///< zomg-ssh-kubernetes
  sandbox::Account kubectl;     ///< zomg-ssh-kubectl: a session's kubectl, and what is above it
  sandbox::Account audit;       ///< zomg-ssh-audit
  sandbox::Account metrics;     ///< zomg-ssh-metrics
  sandbox::Account recorder;    ///< zomg-ssh-recorder
  sandbox::Account session;     ///< zomg-ssh-session: sessiond while the user's program runs
  sandbox::Account log;         ///< zomg-ssh-log
};

/// Looks them up. The Error names the one that is missing and the command that makes it.
common::Result<Accounts> find_accounts();

/// Looks up the one account that the supervisor needs: zomg-ssh-log.
common::Result<sandbox::Account> find_log_account();

}  // namespace zomg::monitor
