#include "monitor/user_authenticator.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "monitor/userauth_request.h"
#include "tests/unit/monitor/test_certificate.h"
#include "tests/unit/monitor/test_host_key.h"
#include "tests/unit/monitor/test_key.h"

namespace zomg::monitor {
namespace {

constexpr std::string_view kUser = "demo--box1";
constexpr std::string_view kAddress = "192.0.2.1";
constexpr std::time_t kNow = 1800000000;

std::string plain_algorithm(const TestKey& key) {
  return key.type() == "ssh-rsa" ? "rsa-sha2-512" : key.type();
}

std::string certified_algorithm(const TestKey& key) {
  return certificate_type(plain_algorithm(key));
}

class UserAuthenticatorTest : public testing::Test {
 protected:
  UserAuthenticatorTest() = default;
  ~UserAuthenticatorTest() override { std::filesystem::remove(revoked_path_); }

  void authorize(const std::string& line) {
    const auto rejected = keys_.add(line, "file");
    EXPECT_TRUE(rejected.empty()) << line << ": " << rejected[0].reason;
  }
  void revoke(const std::string& bytes) {
    // A new file in its place, as an operator's tool would leave it.
    std::ofstream(revoked_path_ + ".new", std::ios::binary) << bytes;
    std::filesystem::rename(revoked_path_ + ".new", revoked_path_);
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
  std::string revoked_path_ = testing::TempDir() + "zomg-revoked-" + std::to_string(::getpid());
  HostKey host_key_ = make_test_host_key();
  AuthorizedKeys keys_;
  RevokedKeys no_revoked_{""};
  UserAuthenticator authenticator_{keys_, no_revoked_, host_key_};
};

TEST_F(UserAuthenticatorTest, AnAuthorizedKeyLogsInAndSaysWhereItStands) {
  authorize("\n" + key_.line());
  const auto login = log_in(key_);
  ASSERT_TRUE(login) << login.error().message;
  EXPECT_EQ(login->name, (LoginName{"demo", "box1"}));
  EXPECT_EQ(login->credential.source, "file line 2");
  EXPECT_EQ(login->credential.fingerprint, fingerprint(key_.blob()));
  EXPECT_EQ(login->credential.authorized_blob, key_.blob());
  EXPECT_FALSE(login->credential.certificate);
}

TEST_F(UserAuthenticatorTest, NoOtherKeyAndNoOtherSignatureDoes) {
  authorize(key_.line());
  EXPECT_FALSE(log_in(stranger_));
  EXPECT_FALSE(log_in(request("ssh-ed25519", key_.blob(), stranger_)));
}

TEST_F(UserAuthenticatorTest, AnyWellFormedKeyMayTry) {
  authorize(key_.line());
  const auto may_try = [this](std::string_view user, std::string_view algorithm,
                              const std::string& blob) {
    return authenticator_.check({user, algorithm, std::string_view(blob)}).has_value();
  };
  const TestKey rsa("ssh-rsa");
  EXPECT_TRUE(may_try(kUser, "ssh-ed25519", key_.blob()));
  EXPECT_TRUE(may_try(kUser, "ssh-ed25519", stranger_.blob()));
  EXPECT_TRUE(may_try("no--such", "rsa-sha2-512", rsa.blob()));
  EXPECT_TRUE(
      may_try(kUser, "ssh-ed25519-cert-v01@openssh.com", certificate_.blob(stranger_, stranger_)));
  EXPECT_FALSE(may_try("root", "ssh-ed25519", key_.blob()));
  EXPECT_FALSE(may_try(kUser, "rsa-sha2-512", key_.blob()));
  EXPECT_FALSE(may_try(kUser, "ssh-rsa", rsa.blob()));
  EXPECT_FALSE(may_try(kUser, "ssh-ed25519", key_.blob() + "x"));
  EXPECT_FALSE(may_try(kUser, "ssh-ed25519-cert-v01@openssh.com", key_.blob()));
}

TEST_F(UserAuthenticatorTest, TheFirstLineWhoseOptionsLetTheClientInCounts) {
  authorize("from=\"203.0.113.1\" " + key_.line());
  authorize("boxes=\"other--*\" " + key_.line());
  authorize("expiry-time=\"20200101\" " + key_.line());
  authorize("no-pty,command=\"third\" " + key_.line());
  authorize(key_.line());
  const auto login = log_in(key_);
  ASSERT_TRUE(login);
  EXPECT_EQ(login->options.forced_command, "third");
  EXPECT_FALSE(login->options.terminal_permitted);
}

TEST_F(UserAuthenticatorTest, AKeyWithNoLineForThisBoxIsRefused) {
  authorize("boxes=\"demo--*,!demo--box1\" " + key_.line());
  EXPECT_FALSE(log_in(key_));
  EXPECT_TRUE(log_in(request("ssh-ed25519", key_.blob(), key_, 1, "demo--box2")));
}

TEST_F(UserAuthenticatorTest, FidoKeysNeedATouchUnlessTheLineWaivesIt) {
  const TestKey fido("sk-ecdsa-sha2-nistp256@openssh.com");
  authorize("boxes=\"demo--box1\" " + fido.line());
  authorize("no-touch-required,boxes=\"demo--free\" " + fido.line());
  authorize("verify-required,boxes=\"demo--pin\" " + fido.line());
  const auto enters = [&](std::string_view user, unsigned char flags) {
    return log_in(request(fido.type(), fido.blob(), fido, flags, user)).has_value();
  };
  EXPECT_FALSE(enters("demo--box1", 0));
  EXPECT_TRUE(enters("demo--box1", 1));
  EXPECT_TRUE(enters("demo--free", 0));
  EXPECT_FALSE(enters("demo--pin", 1));
  EXPECT_TRUE(enters("demo--pin", 5));
}

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

struct Change {
  const char* name;
  void (*make)(TestCertificate& certificate);
  const char* authority_options = "";
  bool enters = false;
};

class CertificateContents : public UserAuthenticatorTest,
                            public testing::WithParamInterface<Change> {};

TEST_P(CertificateContents, DecideWhoEnters) {
  authorize(std::string("cert-authority") + GetParam().authority_options + " " + authority_.line());
  GetParam().make(certificate_);
  const auto login = log_in(key_, certificate_.blob(key_, authority_));
  EXPECT_EQ(login.has_value(), GetParam().enters) << (login ? "" : login.error().message);
}

constexpr auto kUnchanged = [](TestCertificate&) {};

INSTANTIATE_TEST_SUITE_P(
    Table, CertificateContents,
    testing::Values(
        Change{"HostCertificate", [](TestCertificate& c) { c.certified_as = 2; }},
        Change{"UnknownKind", [](TestCertificate& c) { c.certified_as = 3; }},
        Change{"FromNow", [](TestCertificate& c) { c.valid_after = kNow; }, "", true},
        Change{"FromLater", [](TestCertificate& c) { c.valid_after = kNow + 1; }},
        Change{"StillValid", [](TestCertificate& c) { c.valid_before = kNow + 1; }, "", true},
        Change{"Expired", [](TestCertificate& c) { c.valid_before = kNow; }},
        Change{"NoPrincipal", [](TestCertificate& c) { c.principals.clear(); }},
        Change{"OtherPrincipal", [](TestCertificate& c) { c.principals = {"demo--box2"}; }},
        Change{"PrefixOfPrincipal", [](TestCertificate& c) { c.principals = {"demo--box"}; }},
        Change{"PatternAsPrincipal",
               [](TestCertificate& c) {
                 c.principals = {"*", "demo--*"};
               }},
        Change{"SecondPrincipal",
               [](TestCertificate& c) {
                 c.principals = {"x", "demo--box1"};
               },
               "", true},
        Change{
            "MostPrincipals",
            [](TestCertificate& c) { c.principals = std::vector<std::string>(256, "demo--box1"); },
            "", true},
        Change{
            "TooManyPrincipals",
            [](TestCertificate& c) { c.principals = std::vector<std::string>(257, "demo--box1"); }},
        Change{"AuthoritysPrincipal",
               [](TestCertificate& c) {
                 c.principals = {"x", "ops"};
               },
               ",principals=\"dev,ops\"", true},
        Change{"NotTheAuthoritysPrincipal", kUnchanged, ",principals=\"dev,ops\""},
        Change{"NoPrincipalForTheAuthority", [](TestCertificate& c) { c.principals.clear(); },
               ",principals=\"dev,ops\""},
        Change{"AuthorityOfOtherBoxes", kUnchanged, ",boxes=\"other--*\""},
        Change{"AuthorityFromElsewhere", kUnchanged, ",from=\"203.0.113.0/24\""},
        Change{"AuthorityExpired", kUnchanged, ",expiry-time=\"20200101\""},
        Change{"UnknownCriticalOption",
               [](TestCertificate& c) {
                 c.critical_options = {{"frobnicate", ""}};
               }},
        Change{"ExtensionAsCriticalOption",
               [](TestCertificate& c) {
                 c.critical_options = {{"permit-pty", ""}};
               }},
        Change{"UnknownExtension",
               [](TestCertificate& c) {
                 c.extensions = {{"frobnicate", "data"}};
               },
               "", true},
        Change{"CriticalOptionAsExtension",
               [](TestCertificate& c) {
                 c.extensions = {{"source-address", TestCertificate::string_data("203.0.113.1")}};
               },
               "", true},
        Change{"FromHere",
               [](TestCertificate& c) {
                 c.critical_options = {
                     {"source-address", TestCertificate::string_data("::1,192.0.2.0/24")}};
               },
               "", true},
        Change{"FromElsewhere",
               [](TestCertificate& c) {
                 c.critical_options = {
                     {"source-address", TestCertificate::string_data("203.0.113.1")}};
               }},
        Change{"FromAPattern",
               [](TestCertificate& c) {
                 c.critical_options = {{"source-address", TestCertificate::string_data("192.*")}};
               }},
        Change{"FromTwice",
               [](TestCertificate& c) {
                 const auto data = TestCertificate::string_data("192.0.2.1");
                 c.critical_options = {{"source-address", data}, {"source-address", data}};
               }},
        Change{"CommandWithoutAString",
               [](TestCertificate& c) {
                 c.critical_options = {{"force-command", "x"}};
               }},
        Change{"CommandWithMoreThanAString",
               [](TestCertificate& c) {
                 c.critical_options = {{"force-command", TestCertificate::string_data("a") + "x"}};
               }},
        Change{"CommandWithNul",
               [](TestCertificate& c) {
                 c.critical_options = {
                     {"force-command", TestCertificate::string_data(std::string_view("a\0b", 3))}};
               }},
        Change{"CommandTwice",
               [](TestCertificate& c) {
                 const auto data = TestCertificate::string_data("a");
                 c.critical_options = {{"force-command", data}, {"force-command", data}};
               }},
        Change{"CommandThatTheAuthorityForcesToo",
               [](TestCertificate& c) {
                 c.critical_options = {{"force-command", TestCertificate::string_data("a")}};
               },
               ",command=\"a\"", true},
        Change{"CommandThatTheAuthorityDoesNotForce",
               [](TestCertificate& c) {
                 c.critical_options = {{"force-command", TestCertificate::string_data("a")}};
               },
               ",command=\"b\""},
        Change{"DataInAFlag",
               [](TestCertificate& c) {
                 c.critical_options = {{"verify-required", "x"}};
               }},
        Change{"DataInPermitPty",
               [](TestCertificate& c) {
                 c.extensions = {{"permit-pty", "x"}};
               }}),
    [](const auto& test) { return std::string(test.param.name); });

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

class RevokedTest : public UserAuthenticatorTest {
 protected:
  RevokedKeys revoked_{revoked_path_};
  UserAuthenticator strict_{keys_, revoked_, host_key_};

  bool enters(const TestKey& key) {
    return strict_
        .verify(request(plain_algorithm(key), key.blob(), key), session_id_, kAddress, kNow)
        .has_value();
  }
  bool enters(const TestKey& key, const std::string& certificate) {
    return strict_
        .verify(request(certified_algorithm(key), certificate, key), session_id_, kAddress, kNow)
        .has_value();
  }
};

TEST_F(RevokedTest, AListedKeyIsRefusedFromTheMomentItIsListed) {
  authorize(key_.line());
  revoke("# nobody\n");
  EXPECT_TRUE(enters(key_));
  revoke(key_.line() + " a comment\n");
  EXPECT_FALSE(enters(key_));
  revoke("");
  EXPECT_TRUE(enters(key_));
}

TEST_F(RevokedTest, AFileThatCannotBeReadRefusesEverybody) {
  authorize(key_.line());
  EXPECT_FALSE(enters(key_));
  EXPECT_FALSE(revoked_.load());
  revoke("nonsense\n");
  EXPECT_FALSE(enters(key_));
  revoke(stranger_.line() + "\n");
  EXPECT_TRUE(enters(key_));
}

TEST_F(RevokedTest, TheKeyInACertificateAndItsAuthorityCount) {
  authorize("cert-authority " + authority_.line());
  const std::string certificate = certificate_.blob(key_, authority_);
  revoke("");
  EXPECT_TRUE(enters(key_, certificate));
  revoke(key_.line());
  EXPECT_FALSE(enters(key_, certificate));
  revoke(authority_.line());
  EXPECT_FALSE(enters(key_, certificate));
}

}  // namespace
}  // namespace zomg::monitor
