#include "monitor/keys/key_exchange.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>

#include "common/ssh/ssh_wire.h"
#include "tests/unit/monitor/keys/key_exchanges.h"

namespace zomg::monitor {
namespace {

constexpr std::string_view kBlob = "the host key's blob";

messages::SignExchange exchange_of(std::size_t client_share, std::size_t server_share,
                                   std::size_t secret) {
  auto exchange = key_exchange();
  exchange.client_share.value.assign(client_share, 'c');
  exchange.server_share.value.assign(server_share, 's');
  exchange.secret.value.assign(secret, 'k');
  return exchange;
}

/// RFC 4253 §8, written down once more.
std::string hash_of(const messages::SignExchange& exchange, const EVP_MD* digest) {
  common::WireWriter hashed;
  hashed.string("SSH-2.0-test").string("SSH-2.0-OpenSSH_compatible zomg-ssh-gateway");
  hashed.string(exchange.client_kexinit).string(exchange.server_kexinit).string(kBlob);
  hashed.string(exchange.client_share).string(exchange.server_share).string(exchange.secret);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  EVP_Digest(hashed.bytes().data(), hashed.bytes().size(), hash.data(), &size, digest, nullptr);
  return {reinterpret_cast<const char*>(hash.data()), size};
}

TEST(KeyExchange, IsHashedAsItsMethodHasIt) {
  const auto curve25519 = exchange_of(32, 32, 33);
  EXPECT_EQ(*exchange_hash(curve25519, kBlob), hash_of(curve25519, EVP_sha256()));
  const auto mlkem768 = exchange_of(1216, 1120, 32);
  EXPECT_EQ(*exchange_hash(mlkem768, kBlob), hash_of(mlkem768, EVP_sha256()));
  const auto sntrup761 = exchange_of(1190, 1071, 64);
  EXPECT_EQ(*exchange_hash(sntrup761, kBlob), hash_of(sntrup761, EVP_sha512()));
}

TEST(KeyExchange, OfNoMethodIsNone) {
  const std::array<std::array<std::size_t, 3>, 8> sizes{{{0, 0, 0},
                                                         {32, 32, 0},
                                                         {32, 32, 34},
                                                         {32, 1120, 32},
                                                         {1216, 1120, 33},
                                                         {1216, 1120, 64},
                                                         {1190, 1071, 32},
                                                         {65, 65, 32}}};
  for (const auto& [client_share, server_share, secret] : sizes) {
    EXPECT_FALSE(exchange_hash(exchange_of(client_share, server_share, secret), kBlob))
        << client_share << " " << server_share << " " << secret;
  }
}

TEST(KeyExchange, BeginsAsEveryOneDoes) {
  for (const char* version : {"", "SSHSIG", "SSH-1.5-old", "TLS"}) {
    auto exchange = key_exchange();
    exchange.client_version = std::string_view(version);
    EXPECT_FALSE(exchange_hash(exchange, kBlob)) << version;
  }
  auto exchange = key_exchange();
  exchange.client_kexinit.value[0] = 'x';
  EXPECT_FALSE(exchange_hash(exchange, kBlob));
  exchange = key_exchange();
  exchange.server_kexinit.value.clear();
  EXPECT_FALSE(exchange_hash(exchange, kBlob));
}

TEST(KeyExchange, IsBoundToTheHostKeyAndToEachOfItsParts) {
  const std::string hash = *exchange_hash(key_exchange(), kBlob);
  EXPECT_NE(*exchange_hash(key_exchange(), "another"), hash);
  for (auto part :
       {&messages::SignExchange::client_kexinit, &messages::SignExchange::server_kexinit}) {
    auto exchange = key_exchange();
    (exchange.*part).value.back() ^= 1;
    EXPECT_NE(*exchange_hash(exchange, kBlob), hash);
  }
  auto exchange = key_exchange();
  exchange.secret.value.back() ^= 1;
  EXPECT_NE(*exchange_hash(exchange, kBlob), hash);
}

TEST(KexinitCookie, IsNoOther) {
  const std::string cookie = make_kexinit_cookie();
  EXPECT_EQ(cookie.size(), 16U);
  EXPECT_NE(make_kexinit_cookie(), cookie);
}

TEST(KexinitCookie, FollowsTheMessageNumber) {
  const std::string cookie = make_kexinit_cookie();
  EXPECT_TRUE(has_cookie("\x14" + cookie + "rest", cookie));
  EXPECT_FALSE(has_cookie(cookie + "rest", cookie));
  EXPECT_FALSE(has_cookie("\x14" + make_kexinit_cookie() + cookie, cookie));
  EXPECT_FALSE(has_cookie("\x14" + cookie.substr(0, 15), cookie));
  EXPECT_FALSE(has_cookie("", cookie));
}

TEST(KexinitCookie, ThatIsNoneIsInNothing) {
  EXPECT_FALSE(has_cookie("\x14", ""));
  EXPECT_FALSE(has_cookie(key_exchange().server_kexinit, ""));
}

}  // namespace
}  // namespace zomg::monitor
