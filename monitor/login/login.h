#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/ssh/login_name.h"
#include "monitor/login/key_options.h"

namespace zomg::monitor {

/// What a user logged in with: for the log, the audit trail, and to find the connections of a key
/// that was taken away.
struct Credential {
  /// As the client named it, e.g. `rsa-sha2-512-cert-v01@openssh.com`.
  std::string algorithm;
  /// Of the user's key.
  std::string fingerprint;
  /// Where the key, or the authority that signed the certificate, is authorized.
  std::string source;
  /// Whose it is, as far as that can be told, and so what is counted as one user's: the GitHub users
  /// who have the key; of certificates, which come with a key and a key ID of the day, the authority
  /// and the principal that let them in; otherwise the key.
  std::string identity;

  struct Certificate {
    std::string authority_fingerprint;
    std::string key_id;
    std::uint64_t serial = 0;
  };
  std::optional<Certificate> certificate;

  /// One line of all that.
  std::string describe() const;
};

/// A user who proved to be one: where to, with what, and what that lets them do.
struct Login {
  common::LoginName name;
  Credential credential;
  KeyOptions options;
};

}  // namespace zomg::monitor
