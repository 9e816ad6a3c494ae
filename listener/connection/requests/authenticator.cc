#include "listener/connection/requests/authenticator.h"

#include "common/base/limits.h"

namespace zomg::connection {

AuthAnswer Authenticator::answer(const AuthRequest& request) {
  // A client that is quicker than we are may ask again before it is disconnected. After an answer to its last
  // key it would go without having read why.
  if (exhausted()) return AuthAnswer::kNone;
  ++requests_;
  // Clients begin with `none` to learn the methods (RFC 4252 §5.2); as sshd(8), that one is free.
  if (request.method == "none" && requests_ == 1) return AuthAnswer::kFailure;
  if (!request.public_key || authenticated_) return fail_here();
  if (!request.has_signature) {
    if (!monitor_.check_key(request)) return fail();
    ++queries_;
    return AuthAnswer::kKeyAcceptable;
  }
  if (!request.finding) return fail_here();
  if (!monitor_.verify_user(request)) return fail();
  authenticated_ = true;
  return AuthAnswer::kSuccess;
}

bool Authenticator::exhausted() const {
  return !authenticated_ && (failures_ >= max_tries_ || queries_ >= limits::kMaxKeyQueries);
}

AuthAnswer Authenticator::fail_here() {
  if (!authenticated_) monitor_.report(messages::Event::kAuthenticationRequestRefused);
  return fail();
}

AuthAnswer Authenticator::fail() {
  ++failures_;
  return AuthAnswer::kFailure;
}

}  // namespace zomg::connection
