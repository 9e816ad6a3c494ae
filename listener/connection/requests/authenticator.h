#pragma once

#include "listener/connection/requests/monitor_link.h"

namespace zomg::connection {

/// What an authentication request is answered with (RFC 4252 §5.1, §7).
enum class AuthAnswer {
  kFailure,
  kKeyAcceptable,
  kSuccess,
  kNone,  ///< the client is about to be disconnected
};

/// Decides authentication requests by asking the monitor, and counts the client's tries.
class Authenticator {
 public:
  Authenticator(MonitorLink& monitor, unsigned max_tries)
      : monitor_(monitor), max_tries_(max_tries) {}

  /// A request with a signature that the SSH library took for none fails.
  AuthAnswer answer(const AuthRequest& request);
  /// A request that could not be read; it is answered with failure.
  void count_malformed() { fail_here(); }

  bool authenticated() const { return authenticated_; }
  /// sshd_config(5) MaxAuthTries, or a loop of queries: the client is to be disconnected.
  bool exhausted() const;

 private:
  AuthAnswer fail();
  /// As fail(), of what the monitor has not heard of.
  AuthAnswer fail_here();

  MonitorLink& monitor_;
  unsigned max_tries_;
  unsigned requests_ = 0;
  unsigned failures_ = 0;
  unsigned queries_ = 0;
  bool authenticated_ = false;
};

}  // namespace zomg::connection
