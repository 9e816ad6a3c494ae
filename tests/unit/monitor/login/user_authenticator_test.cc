#include "monitor/login/user_authenticator.h"

#include <gtest/gtest.h>

#include "tests/unit/monitor/login/user_authenticator_fixture.h"

namespace zomg::monitor {
namespace {

TEST_F(UserAuthenticatorTest, AnAuthorizedKeyLogsInAndSaysWhereItStands) {
  authorize("\n" + key_.line());
  const auto login = log_in(key_);
  ASSERT_TRUE(login) << login.error().message;
  EXPECT_EQ(login->name, (common::LoginName{"demo", "box1"}));
  EXPECT_EQ(login->credential.source, "file line 2");
  EXPECT_EQ(login->credential.fingerprint, fingerprint(key_.blob()));
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

/// Else each key that somebody adds to their account would bring them more connections.
TEST_F(UserAuthenticatorTest, AGithubUsersKeysAreOneUsers) {
  const TestKey second("ssh-ed25519");
  keys_.add({key_.blob(), "GitHub user octocat", {}, {}, "octocat"});
  keys_.add({second.blob(), "GitHub user octocat", {}, {}, "octocat"});
  keys_.add({stranger_.blob(), "GitHub user hubot", {}, {}, "hubot"});
  EXPECT_EQ(log_in(key_)->credential.identity, log_in(second)->credential.identity);
  EXPECT_NE(log_in(key_)->credential.identity, log_in(stranger_)->credential.identity);
}

TEST_F(UserAuthenticatorTest, NobodyTakesAnothersShareByAddingTheirKey) {
  const TestKey of_hubot("ssh-ed25519");
  keys_.add({key_.blob(), "GitHub user hubot", {}, {}, "hubot"});
  keys_.add({key_.blob(), "GitHub user octocat", {}, {}, "octocat"});
  keys_.add({of_hubot.blob(), "GitHub user hubot", {}, {}, "hubot"});
  EXPECT_NE(log_in(key_)->credential.identity, log_in(of_hubot)->credential.identity);
}

TEST_F(UserAuthenticatorTest, AKeyThatTheOperatorNamesIsAUser) {
  keys_.add({key_.blob(), "GitHub user octocat", {}, {}, "octocat"});
  authorize(key_.line());
  authorize(stranger_.line());
  EXPECT_EQ(log_in(key_)->credential.identity, fingerprint(key_.blob()));
  EXPECT_EQ(log_in(stranger_)->credential.identity, fingerprint(stranger_.blob()));
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

TEST_F(UserAuthenticatorTest, SaysUntilWhenALoginIsGood) {
  authorize("from=\"192.0.2.1\",expiry-time=\"20400101Z\" " + key_.line());
  authorize("expiry-time=\"20500101Z\" " + key_.line());
  constexpr std::time_t k2040 = 2208988800;
  const messages::CheckKey offer{kUser, std::string_view("ssh-ed25519"),
                                 std::string_view(key_.blob())};
  EXPECT_EQ(log_in(key_)->options.expires, k2040);
  EXPECT_EQ(*authenticator_.permits(offer, kAddress, k2040), k2040);
  // Then by the other line, as a new login would be.
  EXPECT_EQ(*authenticator_.permits(offer, kAddress, k2040 + 1), 2524608000);
  EXPECT_FALSE(authenticator_.permits(offer, kAddress, 2524608001));
  authorize(stranger_.line());
  EXPECT_EQ(log_in(stranger_)->options.expires, std::nullopt);
}

}  // namespace
}  // namespace zomg::monitor
