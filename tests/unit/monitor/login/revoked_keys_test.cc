#include "monitor/login/revoked_keys.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/monitor/login/user_authenticator_fixture.h"

namespace zomg::monitor {
namespace {

class RevokedTest : public UserAuthenticatorTest {
 protected:
  /// Its reader tells that the file holds this.
  void revoke(const std::string& bytes) { revoked_.take(bytes); }

  std::string path_ = testing::TempDir() + "zomg-revoked-" + std::to_string(::getpid());
  RevokedKeys revoked_{path_};
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
  revoked_.take(common::error("gone"));
  EXPECT_FALSE(enters(key_));
}

TEST_F(RevokedTest, ItIsReadFromTheFileAtTheStart) {
  std::ofstream(path_, std::ios::binary) << key_.line() << "\n";
  EXPECT_TRUE(revoked_.load());
  std::filesystem::remove(path_);
  authorize(key_.line());
  EXPECT_FALSE(enters(key_));
  authorize(stranger_.line());
  EXPECT_TRUE(enters(stranger_));
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

TEST_F(RevokedTest, OneWhoIsLoggedInMayStayUnlessTheFileNamesThem) {
  authorize(key_.line());
  const messages::CheckKey offer{kUser, std::string_view("ssh-ed25519"),
                                 std::string_view(key_.blob())};
  const auto may_stay = [&] { return strict_.permits(offer, kAddress, kNow).has_value(); };
  EXPECT_TRUE(may_stay()) << "there is no file";
  revoke("nonsense");
  EXPECT_TRUE(may_stay());
  EXPECT_FALSE(enters(key_));
  revoke(stranger_.line());
  EXPECT_TRUE(may_stay());
  revoke(stranger_.line() + "\n" + key_.line());
  EXPECT_FALSE(may_stay());
}

TEST_F(RevokedTest, EachOtherListThatCanBeReadCounts) {
  EXPECT_TRUE(revoked_.take(key_.line()));
  EXPECT_FALSE(revoked_.take(key_.line())) << "it is the same";
  EXPECT_FALSE(revoked_.take(std::string("nonsense")));
  EXPECT_TRUE(revoked_.take(stranger_.line()));
}

}  // namespace
}  // namespace zomg::monitor
