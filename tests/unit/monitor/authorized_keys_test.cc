#include "monitor/authorized_keys.h"

#include <gtest/gtest.h>

#include "tests/unit/monitor/test_key.h"

namespace zomg::monitor {
namespace {

class AuthorizedKeysTest : public testing::Test {
 protected:
  TestKey key_{"ssh-ed25519"};
  AuthorizedKeys keys_;

  /// Adds `text`; the reason of the last rejected line, empty when none was.
  std::string add(const std::string& text) {
    const auto rejected = keys_.add(text, "file");
    return rejected.empty() ? "" : rejected.back().reason;
  }
};

TEST_F(AuthorizedKeysTest, TakesAPlainLineAndNamesItsPlace) {
  EXPECT_EQ(add("# a comment\n\n  " + key_.line() + " me@here\r\n"), "");
  const AuthorizedKey* found = keys_.find(key_.blob());
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->source, "file line 3");
  EXPECT_EQ(found->comment, "me@here");
  EXPECT_TRUE(found->terminal_permitted);
}

TEST_F(AuthorizedKeysTest, KnowsNoOtherKey) {
  add(key_.line());
  EXPECT_EQ(keys_.find(TestKey("ssh-ed25519").blob()), nullptr);
}

TEST_F(AuthorizedKeysTest, SkipsALineThatCannotBeReadAndKeepsTheRest) {
  const auto rejected = keys_.add("ssh-ed25519 AAAA\n" + key_.line() + "\nnonsense\n", "file");
  ASSERT_EQ(rejected.size(), 2U);
  EXPECT_EQ(rejected[0].source, "file line 1");
  EXPECT_EQ(rejected[1].source, "file line 3");
  EXPECT_EQ(keys_.size(), 1U);
}

TEST_F(AuthorizedKeysTest, AnOptionThatIsNotUnderstoodDisablesTheKey) {
  for (const char* options :
       {"command=\"/bin/true\"", "from=\"192.0.2.1\"", "no-pty,frobnicate", "restrict,pty=\"x\"",
        "environment=\"A=b c\"", "cert-authority", "no-pty,", ",no-pty"}) {
    EXPECT_NE(add(std::string(options) + " " + key_.line()), "") << options;
  }
  EXPECT_EQ(keys_.size(), 0U);
}

TEST_F(AuthorizedKeysTest, UnderstandsTerminalAndForwardingOptions) {
  EXPECT_EQ(add("restrict,no-port-forwarding,no-X11-forwarding " + key_.line()), "");
  EXPECT_FALSE(keys_.find(key_.blob())->terminal_permitted);
}

TEST_F(AuthorizedKeysTest, ALaterPtyGivesBackWhatRestrictTook) {
  EXPECT_EQ(add("restrict,PTY " + key_.line()), "");
  EXPECT_TRUE(keys_.find(key_.blob())->terminal_permitted);
}

TEST_F(AuthorizedKeysTest, TheFirstOfTwoLinesWithOneKeyCounts) {
  EXPECT_EQ(add("no-pty " + key_.line() + "\n" + key_.line()), "");
  EXPECT_FALSE(keys_.find(key_.blob())->terminal_permitted);
}

TEST_F(AuthorizedKeysTest, TheTypeMustBeTheKeysOwn) {
  const std::string line = key_.line();
  EXPECT_NE(add("ssh-rsa" + line.substr(line.find(' '))), "");
}

TEST_F(AuthorizedKeysTest, RefusesALineOverTheBound) {
  EXPECT_NE(add(key_.line() + " " + std::string(17000, 'x')), "");
}

}  // namespace
}  // namespace zomg::monitor
