#include "monitor/login/github_keys.h"

#include <gtest/gtest.h>

#include "tests/unit/monitor/keys/test_key.h"

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;
using messages::FetchFailure;
using messages::KeysOrigin;

class GithubKeysTest : public testing::Test {
 protected:
  messages::GithubKeys message(std::uint32_t user, std::vector<std::string> blobs,
                               KeysOrigin origin = KeysOrigin::kAnswer,
                               std::chrono::seconds age = 0s) {
    messages::GithubKeys made;
    made.user = user;
    made.origin = origin;
    made.age_seconds = static_cast<std::uint32_t>(age.count());
    for (const std::string& blob : blobs) made.keys.value.emplace_back(std::string_view(blob));
    return made;
  }
  bool changes(const messages::GithubKeys& keys) { return keys_.apply(keys, now_).value(); }
  std::vector<std::string> blobs(std::size_t user) const {
    std::vector<std::string> found;
    for (const AuthorizedKey& key : keys_.users()[user].keys) found.push_back(key.blob);
    return found;
  }

  using Blobs = std::vector<std::string>;
  std::string one_ = TestKey("ssh-ed25519").blob();
  std::string two_ = TestKey("ssh-ed25519").blob();
  GithubKeys keys_{{{"octocat", ""}, {"hubot", "demo--*"}}, 3600s};
  GithubKeys::Clock::time_point now_ = GithubKeys::Clock::now();
};

TEST_F(GithubKeysTest, AnAnswerReplacesThatUsersKeys) {
  EXPECT_TRUE(changes(message(0, {one_})));
  EXPECT_TRUE(changes(message(1, {one_, two_})));
  EXPECT_TRUE(changes(message(0, {two_})));
  EXPECT_EQ(blobs(0), Blobs{two_});
  EXPECT_EQ(blobs(1), (Blobs{one_, two_}));
  EXPECT_TRUE(changes(message(0, {})));
  EXPECT_EQ(blobs(0), Blobs{});
  EXPECT_EQ(blobs(1), (Blobs{one_, two_}));
}

TEST_F(GithubKeysTest, TheSameAnswerChangesNothing) {
  EXPECT_TRUE(changes(message(0, {one_})));
  EXPECT_FALSE(changes(message(0, {one_})));
}

TEST_F(GithubKeysTest, AKeyIsMarkedAndRestrictedAsItsUser) {
  changes(message(0, {one_}));
  changes(message(1, {two_}));
  const AuthorizedKey& free = keys_.users()[0].keys[0];
  const AuthorizedKey& restricted = keys_.users()[1].keys[0];
  EXPECT_EQ(free.owner, "octocat");
  EXPECT_EQ(free.source, "GitHub user octocat");
  EXPECT_TRUE(permit(free.options, {"other--box", "::1", 0}));
  EXPECT_TRUE(permit(restricted.options, {"demo--box", "::1", 0}));
  EXPECT_FALSE(permit(restricted.options, {"other--box", "::1", 0}));
}

TEST_F(GithubKeysTest, WhatIsNoKeyForUsIsLeftOut) {
  const std::string weak = TestKey("ssh-rsa", 1024).blob();
  EXPECT_TRUE(changes(message(0, {"no key at all", weak, one_})));
  EXPECT_EQ(blobs(0), Blobs{one_});
}

TEST_F(GithubKeysTest, AFailureTakesNothing) {
  changes(message(0, {one_}));
  ASSERT_TRUE(keys_.apply(messages::GithubFailure{0, FetchFailure::kThrottled}));
  EXPECT_EQ(blobs(0), Blobs{one_});
  EXPECT_EQ(keys_.users()[0].failure, FetchFailure::kThrottled);
  changes(message(0, {one_}));
  EXPECT_EQ(keys_.users()[0].failure, std::nullopt);
}

TEST_F(GithubKeysTest, SavedKeysCountUntilTheFirstAnswer) {
  EXPECT_TRUE(changes(message(0, {one_}, KeysOrigin::kState, 60s)));
  EXPECT_EQ(blobs(0), Blobs{one_});
  EXPECT_TRUE(changes(message(0, {two_})));
  // The keyring was started again, and has not asked yet.
  EXPECT_FALSE(changes(message(0, {one_}, KeysOrigin::kState, 60s)));
  EXPECT_EQ(blobs(0), Blobs{two_});
}

TEST_F(GithubKeysTest, SavedKeysThatAreTooOldDoNotCount) {
  EXPECT_FALSE(changes(message(0, {one_}, KeysOrigin::kState, 3601s)));
  EXPECT_EQ(blobs(0), Blobs{});
}

TEST_F(GithubKeysTest, KeysThatNobodyConfirmsAreDropped) {
  changes(message(0, {one_}, KeysOrigin::kState, 600s));
  changes(message(1, {two_}));
  EXPECT_FALSE(keys_.expire(now_ + 3000s));
  EXPECT_TRUE(keys_.expire(now_ + 3001s));
  EXPECT_EQ(blobs(0), Blobs{});
  EXPECT_EQ(blobs(1), Blobs{two_});
  EXPECT_EQ(keys_.users()[0].confirmed, std::nullopt);
  now_ += 3500s;
  EXPECT_FALSE(changes(message(1, {two_})));
  EXPECT_FALSE(keys_.expire(now_ + 3599s));
}

TEST_F(GithubKeysTest, AUserWhoIsNotInTheSettingsBreaksTheContract) {
  EXPECT_FALSE(keys_.apply(message(2, {one_}), now_));
  EXPECT_FALSE(keys_.apply(messages::GithubFailure{2, FetchFailure::kTls}));
}

}  // namespace
}  // namespace zomg::monitor
