// Logins by certificates: who signed them, and what they and their authority grant.

#include <gtest/gtest.h>

#include "tests/unit/monitor/login/user_authenticator_fixture.h"

namespace zomg::monitor {
namespace {

TEST_F(UserAuthenticatorTest, EveryKindOfCertificateLogsInByEveryKindOfAuthority) {
  for (const char* type :
       {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "ssh-rsa", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"}) {
    const TestKey key(type);
    const TestKey authority(type);
    authorize("cert-authority " + authority.line());
    const auto login = log_in(key, certificate_.blob(key, authority));
    EXPECT_TRUE(login) << type << ": " << login.error().message;
    EXPECT_FALSE(log_in(stranger_, certificate_.blob(key, authority))) << type;
  }
}

TEST_F(UserAuthenticatorTest, ACertificateIsNamedInTheCredential) {
  authorize("cert-authority " + authority_.line());
  const auto login = log_in(key_, certificate_.blob(key_, authority_));
  ASSERT_TRUE(login);
  EXPECT_EQ(login->credential.algorithm, "ssh-ed25519-cert-v01@openssh.com");
  EXPECT_EQ(login->credential.fingerprint, fingerprint(key_.blob()));
  EXPECT_EQ(login->credential.source, "file line 1");
  ASSERT_TRUE(login->credential.certificate);
  EXPECT_EQ(login->credential.certificate->authority_fingerprint, fingerprint(authority_.blob()));
  EXPECT_EQ(login->credential.certificate->key_id, "alice");
  EXPECT_EQ(login->credential.certificate->serial, 7U);
}

TEST_F(UserAuthenticatorTest, CertificatesWithOnePrincipalAreOneUsers) {
  authorize("cert-authority,principals=\"alice,bob\" " + authority_.line());
  const auto identity = [this](const TestKey& key) {
    const auto login = log_in(key, certificate_.blob(key, authority_));
    return login ? login->credential.identity : std::string("refused");
  };
  certificate_.principals = {"alice"};
  const std::string alice = identity(key_);
  EXPECT_EQ(alice, fingerprint(authority_.blob()) + " alice");
  EXPECT_EQ(identity(stranger_), alice);
  // New ones gain nothing, nor do more names.
  certificate_.key_id = "another";
  EXPECT_EQ(identity(key_), alice);
  certificate_.key_id = "";
  EXPECT_EQ(identity(stranger_), alice);
  certificate_.principals = {"bob", "alice"};
  EXPECT_EQ(identity(key_), alice);
  certificate_.principals = {"bob"};
  EXPECT_EQ(identity(key_), fingerprint(authority_.blob()) + " bob");
}

TEST_F(UserAuthenticatorTest, CertificatesForOneBoxAreOneUsersWhereNoPrincipalsAreConfigured) {
  authorize("cert-authority " + authority_.line());
  const auto login = log_in(key_, certificate_.blob(key_, authority_));
  certificate_.key_id = "";
  const auto other = log_in(stranger_, certificate_.blob(stranger_, authority_));
  ASSERT_TRUE(login && other);
  EXPECT_EQ(login->credential.identity, other->credential.identity);
  EXPECT_TRUE(login->credential.identity.ends_with(" " + login->name.box_name()));
}

TEST_F(UserAuthenticatorTest, AnAuthorityIsNoUserAndAUserNoAuthority) {
  authorize("cert-authority " + authority_.line());
  authorize(stranger_.line());
  EXPECT_FALSE(log_in(authority_));
  EXPECT_FALSE(log_in(key_, certificate_.blob(key_, stranger_)));
  // Nor does an authority make the key of a certificate one that logs in without it.
  EXPECT_FALSE(log_in(key_));
}

TEST_F(UserAuthenticatorTest, ACertificateOfAnAuthorityThatDidNotSignItIsRefused) {
  authorize("cert-authority " + authority_.line());
  const TestKey other("ecdsa-sha2-nistp256");
  EXPECT_FALSE(log_in(key_, certificate_.blob(key_, other)));
  EXPECT_FALSE(log_in(key_, certificate_.blob(key_, other, authority_)));
}

TEST_F(UserAuthenticatorTest, ACertificateWithAnyByteChangedIsRefused) {
  authorize("cert-authority " + authority_.line());
  const std::string good = certificate_.blob(key_, authority_);
  ASSERT_TRUE(log_in(key_, good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(log_in(key_, bad)) << i;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(log_in(key_, good.substr(0, size))) << size;
  }
  EXPECT_FALSE(log_in(key_, good + 'x'));
}

TEST_F(UserAuthenticatorTest, AnAuthoritysRsaSignatureIsBySha2) {
  const TestKey rsa("ssh-rsa");
  authorize("cert-authority " + rsa.line());
  certificate_.algorithm = "rsa-sha2-256";
  EXPECT_TRUE(log_in(key_, certificate_.blob(key_, rsa)));
  certificate_.algorithm = "ssh-rsa";
  EXPECT_FALSE(log_in(key_, certificate_.blob(key_, rsa)));
}

TEST_F(UserAuthenticatorTest, ACertificateGrantsATerminalOnlyIfItSaysSo) {
  authorize("cert-authority " + authority_.line());
  EXPECT_TRUE(log_in(key_, certificate_.blob(key_, authority_))->options.terminal_permitted);
  certificate_.extensions.clear();
  EXPECT_FALSE(log_in(key_, certificate_.blob(key_, authority_))->options.terminal_permitted);
}

TEST_F(UserAuthenticatorTest, AnAuthorityCanNarrowWhatItsCertificatesGrant) {
  authorize("cert-authority,restrict,command=\"a b\",environment=\"LANG=x\" " + authority_.line());
  const auto login = log_in(key_, certificate_.blob(key_, authority_));
  ASSERT_TRUE(login);
  EXPECT_FALSE(login->options.terminal_permitted);
  EXPECT_EQ(login->options.forced_command, "a b");
  EXPECT_EQ(login->options.environment.value.size(), 1U);
}

TEST_F(UserAuthenticatorTest, NoTouchNeedsBothTheAuthorityAndTheCertificate) {
  const TestKey fido("sk-ssh-ed25519@openssh.com");
  certificate_.extensions = {{"no-touch-required", ""}};
  authorize("cert-authority " + authority_.line());
  EXPECT_FALSE(log_in(fido, certificate_.blob(fido, authority_), 0));
  const TestKey lenient("ecdsa-sha2-nistp256");
  authorize("cert-authority,no-touch-required " + lenient.line());
  EXPECT_TRUE(log_in(fido, certificate_.blob(fido, lenient), 0));
  certificate_.extensions.clear();
  EXPECT_FALSE(log_in(fido, certificate_.blob(fido, lenient), 0));
}

TEST_F(UserAuthenticatorTest, ACertificateCanRequireVerification) {
  const TestKey fido("sk-ssh-ed25519@openssh.com");
  certificate_.critical_options = {{"verify-required", ""}};
  authorize("cert-authority " + authority_.line());
  EXPECT_FALSE(log_in(fido, certificate_.blob(fido, authority_), 1));
  EXPECT_TRUE(log_in(fido, certificate_.blob(fido, authority_), 5));
}

TEST_F(UserAuthenticatorTest, ALoginIsGoodAsLongAsBothTheCertificateAndItsAuthorityAre) {
  const TestKey limited("ecdsa-sha2-nistp256");
  authorize("cert-authority " + authority_.line());
  authorize("cert-authority,expiry-time=\"20400101Z\" " + limited.line());
  constexpr std::time_t k2040 = 2208988800;
  const auto expires = [&](const TestKey& authority) {
    return log_in(key_, certificate_.blob(key_, authority))->options.expires;
  };
  EXPECT_EQ(expires(authority_), std::nullopt);
  EXPECT_EQ(expires(limited), k2040);
  certificate_.valid_before = static_cast<std::uint64_t>(kNow) + 10;
  EXPECT_EQ(expires(authority_), kNow + 9);
  EXPECT_EQ(expires(limited), kNow + 9);
  certificate_.valid_before = static_cast<std::uint64_t>(k2040) + 10;
  EXPECT_EQ(expires(limited), k2040);

  certificate_.valid_before = static_cast<std::uint64_t>(kNow) + 10;
  const std::string certificate = certificate_.blob(key_, authority_);
  const messages::CheckKey offer{kUser, std::string_view(certificate_type("ssh-ed25519")),
                                 std::string_view(certificate)};
  EXPECT_EQ(*authenticator_.permits(offer, kAddress, kNow + 9), kNow + 9);
  EXPECT_FALSE(authenticator_.permits(offer, kAddress, kNow + 10));
}

}  // namespace
}  // namespace zomg::monitor
