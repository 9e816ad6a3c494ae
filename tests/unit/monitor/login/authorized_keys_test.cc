#include "monitor/login/authorized_keys.h"

#include <gtest/gtest.h>

#include "tests/unit/monitor/keys/test_key.h"

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
  const auto found = keys_.find(key_.blob());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].source, "file line 3");
  EXPECT_EQ(found[0].comment, "me@here");
  EXPECT_TRUE(found[0].options.terminal_permitted);
}

TEST_F(AuthorizedKeysTest, KnowsNoOtherKey) {
  add(key_.line());
  EXPECT_TRUE(keys_.find(TestKey("ssh-ed25519").blob()).empty());
}

TEST_F(AuthorizedKeysTest, SkipsALineThatCannotBeReadAndKeepsTheRest) {
  const auto rejected = keys_.add("ssh-ed25519 AAAA\n" + key_.line() + "\nnonsense\n", "file");
  ASSERT_EQ(rejected.size(), 2U);
  EXPECT_EQ(rejected[0].source, "file line 1");
  EXPECT_EQ(rejected[1].source, "file line 3");
  EXPECT_EQ(keys_.size(), 1U);
}

TEST_F(AuthorizedKeysTest, AnOptionThatIsNotUnderstoodDisablesTheKey) {
  EXPECT_NE(add("no-pty,frobnicate " + key_.line()), "");
  EXPECT_EQ(keys_.size(), 0U);
}

TEST_F(AuthorizedKeysTest, ReadsOptionsWithBlanksAndQuotesInThem) {
  EXPECT_EQ(add(R"(command="echo \"a b\"",no-pty )" + key_.line() + " c"), "");
  const auto found = keys_.find(key_.blob());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].options.forced_command, R"(echo "a b")");
  EXPECT_FALSE(found[0].options.terminal_permitted);
  EXPECT_EQ(found[0].comment, "c");
}

TEST_F(AuthorizedKeysTest, KeepsTheLinesOfOneKeyInTheirOrder) {
  EXPECT_EQ(add("no-pty " + key_.line() + "\n" + key_.line()), "");
  const auto found = keys_.find(key_.blob());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_FALSE(found[0].options.terminal_permitted);
  EXPECT_TRUE(found[1].options.terminal_permitted);
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
