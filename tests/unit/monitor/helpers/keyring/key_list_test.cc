#include "monitor/helpers/keyring/key_list.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "common/ssh/base64.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::keyring {
namespace {

/// A blob of this type with one more string.
std::string blob(std::string_view type, std::string_view value = "key") {
  return common::WireWriter().string(type).string(value).bytes();
}

std::string line(std::string_view type, std::string_view value = "key") {
  return std::string(type) + " " + common::encode_base64(blob(type, value));
}

TEST(KeyList, HasTheBlobsOfItsLinesInOrder) {
  const auto keys =
      parse_key_list(line("ssh-ed25519", "one") + "\n" + line("ssh-rsa", "two") +
                     " a comment\r\n\n" + line("sk-ssh-ed25519@openssh.com", "three"));
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->value.size(), 3U);
  EXPECT_EQ(keys->value[0].value, blob("ssh-ed25519", "one"));
  EXPECT_EQ(keys->value[1].value, blob("ssh-rsa", "two"));
  EXPECT_EQ(keys->value[2].value, blob("sk-ssh-ed25519@openssh.com", "three"));
}

TEST(KeyList, OfAnEmptyBodyIsEmpty) {
  for (const char* body : {"", "\n", "\r\n\n"}) {
    const auto keys = parse_key_list(body);
    ASSERT_TRUE(keys);
    EXPECT_TRUE(keys->value.empty());
  }
}

TEST(KeyList, KeepsATypeThatNobodyKnows) {
  EXPECT_TRUE(parse_key_list(line("ssh-dss") + "\n" + line("ssh-of-tomorrow")));
}

TEST(KeyList, IsNoneWithALineOfAnotherForm) {
  const std::string good = line("ssh-ed25519");
  for (const std::string& bad : {
           std::string("<!DOCTYPE html>"),
           std::string("Not Found"),
           std::string("# a comment"),
           "no-pty " + good,
           "command=\"id\" " + good,
           " " + good,
           "ssh-rsa " + good.substr(good.find(' ') + 1),
           std::string("ssh-ed25519"),
           std::string("ssh-ed25519  AAAA"),
           std::string("ssh-ed25519 !!!!"),
           "ssh-ed25519 " +
               common::encode_base64(common::WireWriter().string("ssh-ed25519").bytes()),
           " " + common::encode_base64(blob("")),
           good + " with\ttab",
           good + " with\x1b[2Jescape",
           good + std::string("\0", 1),
       }) {
    EXPECT_FALSE(parse_key_list(bad + "\n")) << bad;
    EXPECT_FALSE(parse_key_list(good + "\n" + bad + "\n" + good + "\n")) << bad;
  }
}

TEST(KeyList, IsNoneWhenItWasCutShortInALine) {
  const std::string body = line("ssh-ed25519", std::string(32, 'k'));
  for (std::size_t size = 1; size < body.size(); ++size) {
    EXPECT_FALSE(parse_key_list(body.substr(0, size))) << size;
  }
}

TEST(KeyList, HasBounds) {
  std::string body;
  for (std::size_t i = 0; i < limits::kMaxGithubKeysPerUser; ++i) body += line("ssh-rsa") + "\n";
  EXPECT_TRUE(parse_key_list(body));
  EXPECT_FALSE(parse_key_list(body + line("ssh-rsa") + "\n"));
  EXPECT_FALSE(parse_key_list(line("ssh-rsa", std::string(limits::kMaxGithubLineBytes, 'k'))));
  EXPECT_TRUE(parse_key_list(std::string(limits::kMaxGithubBodyBytes, '\n')));
  EXPECT_FALSE(parse_key_list(std::string(limits::kMaxGithubBodyBytes + 1, '\n')));
}

TEST(KeyList, AsLongAsTheyComeFitsOneMessage) {
  // The most bytes in the fewest lines, and the most lines.
  for (const std::size_t value : {limits::kMaxGithubLineBytes * 3 / 4 - 64, std::size_t{300}}) {
    const std::string one = line("ssh-rsa", std::string(value, 'k')) + "\n";
    std::string body;
    for (std::size_t i = 0; i < limits::kMaxGithubKeysPerUser &&
                            body.size() + one.size() <= limits::kMaxGithubBodyBytes;
         ++i) {
      body += one;
    }
    messages::GithubKeys message;
    message.keys = parse_key_list(body).value();
    EXPECT_LE(ipc::encode(message).value().size(), limits::kMaxPacketBytes);
  }
}

}  // namespace
}  // namespace zomg::keyring
