#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/messages/connection.h"
#include "monitor/keys/host_key.h"
#include "monitor/login/authorized_keys.h"
#include "monitor/login/certificate.h"
#include "monitor/login/login.h"
#include "monitor/login/revoked_keys.h"

namespace zomg::monitor {

/// Who may log in, and whether somebody proved to be one of them. Before somebody did, no answer
/// says which keys are authorized or which boxes exist.
class UserAuthenticator {
 public:
  UserAuthenticator(const AuthorizedKeys& keys, RevokedKeys& revoked, const HostKey& host_key)
      : keys_(keys), revoked_(revoked), host_key_(host_key) {}

  /// Whether a signature by the key would be looked at: for every login name and key that is well
  /// formed, known or not. The Error says what is not.
  common::Result<void> check(const messages::CheckKey& request) const;

  /// Verifies the signature over the session identifier, if the key is authorized and the signature
  /// said to hold: nobody else is worth the time that it takes. The Error is for the log alone.
  common::Result<Login> verify(const messages::VerifyUser& request, std::string_view session_id,
                               std::string_view client_address, std::time_t now) const;

  /// Whether the key, in the certificate that it came in, would be let in now, after verify() found
  /// its signature good: until which last second, if that is known. The Error says why not.
  common::Result<std::optional<std::time_t>> permits(const messages::CheckKey& request,
                                                     std::string_view client_address,
                                                     std::time_t now) const;

 private:
  const AuthorizedKeys& keys_;
  RevokedKeys& revoked_;
  const HostKey& host_key_;
};

}  // namespace zomg::monitor
