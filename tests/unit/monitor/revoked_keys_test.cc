#include "monitor/revoked_keys.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

#include "common/limits.h"
#include "tests/unit/monitor/user_authenticator_fixture.h"

namespace zomg::monitor {
namespace {

class RevokedTest : public UserAuthenticatorTest {
 protected:
  RevokedTest() = default;
  ~RevokedTest() override { std::filesystem::remove(path_); }

  void revoke(const std::string& bytes) {
    // A new file in its place, as an operator's tool would leave it.
    std::ofstream(path_ + ".new", std::ios::binary) << bytes;
    std::filesystem::rename(path_ + ".new", path_);
  }

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

TEST_F(RevokedTest, AWatcherIsToldOfEachContentThatCanBeRead) {
  struct Step {
    std::function<void()> take;
    int told_then;
  };
  const std::vector<Step> steps{
      {[this] { revoke(key_.line()); }, 1},
      {[this] { revoke("nonsense"); }, 1},
      {[this] { revoke(stranger_.line()); }, 2},
      // A login reads the file first, and the watcher is told all the same.
      {[this] {
         revoke(key_.line() + "\n");
         EXPECT_FALSE(enters(key_));
       },
       3},
  };
  revoke("");
  ASSERT_TRUE(revoked_.load());
  EventLoop loop;
  int told = 0;
  revoked_.watch(loop, [&told] { ++told; });
  std::size_t taken = 0;
  const std::function<void()> go_on = [&] {
    if (taken > 0) {
      EXPECT_EQ(told, steps[taken - 1].told_then) << "after step " << taken;
    }
    if (taken == steps.size()) return loop.stop();
    steps[taken++].take();
    loop.after(2 * limits::kKeyFilePoll, go_on);
  };
  go_on();
  loop.run();
}

}  // namespace
}  // namespace zomg::monitor
