#include "monitor/login/key_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/base/limits.h"
#include "tests/unit/monitor/keys/test_key.h"

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

class KeyStoreTest : public testing::Test {
 protected:
  KeyStoreTest() {
    std::string name = testing::TempDir() + "zomg-key-store-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    settings_.authorized_keys_file = directory_ + "/authorized_keys";
    settings_.authorized_keys = static_.line();
    settings_.github_users = {{"octocat", ""}, {"hubot", ""}};
    write(file_key_.line());
  }
  ~KeyStoreTest() override { std::filesystem::remove_all(directory_); }

  void write(std::string_view text) {
    std::ofstream(settings_.authorized_keys_file, std::ios::trunc) << text << "\n";
  }
  void load() { store_.emplace(KeyStore::load(settings_).value()); }
  /// What its reader tells.
  void tell(std::string_view text) { store_->take_file(std::string(text)); }
  /// Runs the store until `done` or for a while.
  void run(const std::function<bool()>& done) {
    EventLoop loop;
    store_->watch(loop, [&] {
      ++changes_;
      if (done()) loop.stop();
    });
    loop.after(6 * limits::kKeyFilePoll, [&loop] { loop.stop(); });
    loop.run();
  }
  bool has(const TestKey& key) const { return !store_->keys().find(key.blob()).empty(); }
  messages::GithubKeys keys_of(std::uint32_t user, const TestKey& key) {
    messages::GithubKeys message;
    message.user = user;
    message.keys.value.emplace_back(std::string_view(key.blob()));
    return message;
  }

  std::string directory_;
  Settings settings_;
  TestKey static_{"ssh-ed25519"};
  TestKey file_key_{"ssh-ed25519"};
  TestKey github_{"ssh-ed25519"};
  TestKey other_{"ssh-ed25519"};
  std::optional<KeyStore> store_;
  int changes_ = 0;
};

TEST_F(KeyStoreTest, HasTheKeysOfEverySource) {
  load();
  ASSERT_TRUE(store_->apply(keys_of(0, github_)));
  EXPECT_TRUE(has(static_) && has(file_key_) && has(github_));
  EXPECT_FALSE(has(other_));
}

TEST_F(KeyStoreTest, OneUsersKeysGoWithoutTheOthers) {
  load();
  ASSERT_TRUE(store_->apply(keys_of(0, github_)));
  ASSERT_TRUE(store_->apply(keys_of(1, other_)));
  ASSERT_TRUE(store_->apply(messages::GithubKeys{}));
  EXPECT_FALSE(has(github_));
  EXPECT_TRUE(has(other_) && has(static_) && has(file_key_));
}

TEST_F(KeyStoreTest, AKeyOfTwoSourcesGoesWithTheLast) {
  load();
  ASSERT_TRUE(store_->apply(keys_of(0, github_)));
  ASSERT_TRUE(store_->apply(keys_of(1, github_)));
  ASSERT_TRUE(store_->apply(messages::GithubKeys{}));
  EXPECT_TRUE(has(github_));
}

TEST_F(KeyStoreTest, AFilesOtherKeysTakeThePlaceOfItsOldOnes) {
  load();
  EventLoop loop;
  store_->watch(loop, [this] { ++changes_; });
  tell(other_.line());
  EXPECT_TRUE(has(other_) && has(static_));
  EXPECT_FALSE(has(file_key_));
  EXPECT_EQ(changes_, 1);
}

TEST_F(KeyStoreTest, AFileThatIsWhatItWasChangesNothing) {
  load();
  EventLoop loop;
  store_->watch(loop, [this] { ++changes_; });
  tell(file_key_.line() + "\n");
  EXPECT_TRUE(has(file_key_));
  EXPECT_EQ(changes_, 0);
}

TEST_F(KeyStoreTest, AFileWithoutALineTakesItsKeysAway) {
  load();
  tell("# nobody");
  EXPECT_FALSE(has(file_key_));
  EXPECT_TRUE(has(static_));
}

TEST_F(KeyStoreTest, AFileThatIsGoneOrGarbageKeepsItsKeys) {
  load();
  EventLoop loop;
  store_->watch(loop, [this] { ++changes_; });
  tell("<html>not keys</html>");
  EXPECT_TRUE(has(file_key_));
  store_->take_file(common::error("gone"));
  EXPECT_TRUE(has(file_key_));
  EXPECT_EQ(changes_, 0);
}

TEST_F(KeyStoreTest, KeysOfAFileThatOthersCanWriteCountNoMore) {
  load();
  store_->take_file(common::Error{"others can write it", common::kInsecure});
  EXPECT_FALSE(has(file_key_));
  EXPECT_TRUE(has(static_));
  tell(file_key_.line() + "\n");
  EXPECT_TRUE(has(file_key_)) << "it is mended, and what it was";
}

TEST_F(KeyStoreTest, DoesNotStartWithAFileThatOthersCanWrite) {
  namespace fs = std::filesystem;
  fs::permissions(settings_.authorized_keys_file, fs::perms::others_write, fs::perm_options::add);
  EXPECT_FALSE(KeyStore::load(settings_));
  settings_.strict_modes = false;
  EXPECT_TRUE(KeyStore::load(settings_));
}

TEST_F(KeyStoreTest, KeysThatGithubDoesNotConfirmExpire) {
  settings_.keys_max_stale = 1s;
  load();
  ASSERT_TRUE(store_->apply(keys_of(0, github_)));
  run([this] { return !has(github_); });
  EXPECT_FALSE(has(github_));
  EXPECT_TRUE(has(static_));
}

TEST_F(KeyStoreTest, StartsWithoutAKeyOnlyWhenAGithubUserMayBringOne) {
  settings_.authorized_keys.clear();
  settings_.authorized_keys_file.clear();
  load();
  EXPECT_FALSE(store_->usable());
  ASSERT_TRUE(store_->apply(messages::GithubFailure{0, messages::FetchFailure::kNetwork}));
  EXPECT_FALSE(store_->usable());
  ASSERT_TRUE(store_->apply(keys_of(0, github_)));
  EXPECT_TRUE(store_->usable());
  settings_.github_users.clear();
  EXPECT_FALSE(KeyStore::load(settings_));
}

TEST_F(KeyStoreTest, DoesNotStartWithAFileThatCannotBeRead) {
  settings_.authorized_keys_file = directory_ + "/none";
  EXPECT_FALSE(KeyStore::load(settings_));
}

}  // namespace
}  // namespace zomg::monitor
