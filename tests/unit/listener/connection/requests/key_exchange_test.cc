#include "listener/connection/requests/key_exchange.h"

#include <gtest/gtest.h>

#include <string>

#include "common/ssh/ssh_wire.h"

namespace zomg::connection {
namespace {

/// As libssh hashes them.
std::string parts(std::initializer_list<std::string_view> strings) {
  common::WireWriter writer;
  for (const std::string_view string : strings) writer.string(string);
  return writer.bytes();
}

TEST(KeyExchange, HasSixPartsForTheMonitor) {
  const auto exchange =
      parse_key_exchange(parts({"SSH-2.0-c", "SSH-2.0-s", "I_C", "I_S", "K_S", "Q_C", "Q_S", "K"}));
  ASSERT_TRUE(exchange);
  EXPECT_EQ(exchange->client_version.value, "SSH-2.0-c");
  EXPECT_EQ(exchange->client_kexinit.value, "I_C");
  EXPECT_EQ(exchange->server_kexinit.value, "I_S");
  EXPECT_EQ(exchange->client_share.value, "Q_C");
  EXPECT_EQ(exchange->server_share.value, "Q_S");
  EXPECT_EQ(exchange->secret.value, "K");
}

TEST(KeyExchange, IsNoneWithAPartTooFewOrAByteTooMany) {
  const std::string all = parts({"1", "2", "3", "4", "5", "6", "7", "8"});
  EXPECT_TRUE(parse_key_exchange(all));
  EXPECT_FALSE(parse_key_exchange(all + "x"));
  EXPECT_FALSE(parse_key_exchange(std::string_view(all).substr(0, all.size() - 1)));
  EXPECT_FALSE(parse_key_exchange(parts({"1", "2", "3", "4", "5", "6", "7"})));
  EXPECT_FALSE(parse_key_exchange("SSHSIG"));
}

}  // namespace
}  // namespace zomg::connection
