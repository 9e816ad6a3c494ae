#include "monitor/helpers/keyring/state.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace zomg::keyring {
namespace {

State example() {
  SavedUser user;
  user.login = std::string_view("octocat");
  user.etag = std::string_view("W/\"abc\"");
  user.confirmed_at = 1'800'000'000;
  user.keys.value.emplace_back(std::string_view("a blob"));
  State state;
  state.sequence = 7;
  state.base_url = std::string_view("https://github.com");
  state.users.value = {user, SavedUser{}};
  return state;
}

TEST(State, IsReadAsItWasWritten) {
  const auto content = encode_state(example());
  ASSERT_TRUE(content);
  const auto state = decode_state(*content);
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(*state, example());
}

TEST(State, IsNotReadWithAnyByteChangedOrAnyNumberOfThemMissing) {
  const std::string content = encode_state(example()).value();
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(decode_state(changed)) << i;
    EXPECT_FALSE(decode_state(content.substr(0, i))) << i;
  }
  EXPECT_FALSE(decode_state(content + "x"));
}

TEST(State, OverItsBoundIsNotWritten) {
  State state;
  SavedUser user;
  for (int i = 0; i < 200; ++i) {
    user.keys.value.emplace_back(std::string(limits::kMaxKeyBlobBytes, 'k'));
  }
  for (int i = 0; i < 20; ++i) state.users.value.push_back(user);
  EXPECT_FALSE(encode_state(state));
}

}  // namespace
}  // namespace zomg::keyring
