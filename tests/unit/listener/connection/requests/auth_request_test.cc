#include "listener/connection/requests/auth_request.h"

#include <gtest/gtest.h>

#include "tests/unit/listener/connection/protocol/wire_text.h"

namespace zomg::connection {
namespace {

std::string request(std::string_view method, std::string_view service = "ssh-connection") {
  return wire_string("demo--box1") + wire_string(service) + wire_string(method);
}

TEST(AuthRequest, None) {
  const auto parsed = parse_auth_request(request("none"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->login_name, "demo--box1");
  EXPECT_EQ(parsed->method, "none");
  EXPECT_FALSE(parsed->public_key);
}

TEST(AuthRequest, KeyQuery) {
  const auto parsed = parse_auth_request(request("publickey") + '\0' + wire_string("ssh-ed25519") +
                                         wire_string("KEY"));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->public_key);
  EXPECT_FALSE(parsed->host_bound);
  EXPECT_FALSE(parsed->has_signature);
  EXPECT_EQ(parsed->algorithm, "ssh-ed25519");
  EXPECT_EQ(parsed->key, "KEY");
}

TEST(AuthRequest, HostBoundSignature) {
  const auto parsed = parse_auth_request(request("publickey-hostbound-v00@openssh.com") + '\1' +
                                         wire_string("ssh-ed25519") + wire_string("KEY") +
                                         wire_string("HOST") + wire_string("SIGNATURE"));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->host_bound);
  EXPECT_TRUE(parsed->has_signature);
  EXPECT_EQ(parsed->signature, "SIGNATURE");
}

TEST(AuthRequest, BytesOfTheLoginNameAreKept) {
  using std::string_literals::operator""s;
  const auto parsed = parse_auth_request(wire_string("a\0b"s) + wire_string("ssh-connection") +
                                         wire_string("none"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->login_name, "a\0b"s);
}

TEST(AuthRequest, MalformedIsRefused) {
  EXPECT_FALSE(parse_auth_request(""));
  EXPECT_FALSE(parse_auth_request(wire_string("demo--box1")));
  EXPECT_FALSE(parse_auth_request(request("none", "ssh-userauth")));
  const std::string query =
      request("publickey") + '\0' + wire_string("ssh-ed25519") + wire_string("KEY");
  EXPECT_FALSE(parse_auth_request(query + "x"));
  EXPECT_FALSE(parse_auth_request(query.substr(0, query.size() - 1)));
  EXPECT_FALSE(parse_auth_request(request("publickey") + '\1' + wire_string("ssh-ed25519") +
                                  wire_string("KEY")));
}

}  // namespace
}  // namespace zomg::connection
