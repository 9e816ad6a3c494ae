#pragma once

#include <gtest/gtest.h>

#include "monitor/keys/userauth_request.h"
#include "monitor/login/user_authenticator.h"
#include "tests/unit/monitor/keys/test_host_key.h"
#include "tests/unit/monitor/keys/test_key.h"
#include "tests/unit/monitor/login/test_certificate.h"

namespace zomg::monitor {

inline constexpr std::string_view kAddress = "192.0.2.1";
inline constexpr std::time_t kNow = 1800000000;

inline std::string certified_algorithm(const TestKey& key) {
  return certificate_type(plain_algorithm(key));
}

/// Logins by keys that the test authorizes.
class UserAuthenticatorTest : public testing::Test {
 protected:
  void authorize(const std::string& line) {
    const auto rejected = keys_.add(line, "file");
    EXPECT_TRUE(rejected.empty()) << line << ": " << rejected[0].reason;
  }

  messages::VerifyUser request(const std::string& algorithm, const std::string& blob,
                               const TestKey& signer, unsigned char flags = 1,
                               std::string_view user = kUser) const {
    const std::string signature = signer.sign(
        plain_algorithm(signer), signed_data({session_id_, user, algorithm, blob, ""}), flags);
    return {user, std::string_view(algorithm), std::string_view(blob), std::string_view(signature),
            false};
  }
  common::Result<Login> log_in(const messages::VerifyUser& message) {
    return authenticator_.verify(message, session_id_, kAddress, kNow);
  }
  common::Result<Login> log_in(const TestKey& key, unsigned char flags = 1) {
    return log_in(request(plain_algorithm(key), key.blob(), key, flags));
  }
  common::Result<Login> log_in(const TestKey& key, const std::string& certificate,
                               unsigned char flags = 1) {
    return log_in(request(certified_algorithm(key), certificate, key, flags));
  }

  TestKey key_{"ssh-ed25519"};
  TestKey stranger_{"ssh-ed25519"};
  TestKey authority_{"ecdsa-sha2-nistp256"};
  TestCertificate certificate_;
  std::string session_id_ = std::string(32, 'H');
  HostKey host_key_ = make_test_host_key();
  AuthorizedKeys keys_;
  RevokedKeys no_revoked_{""};
  UserAuthenticator authenticator_{keys_, no_revoked_, host_key_};
};

}  // namespace zomg::monitor
