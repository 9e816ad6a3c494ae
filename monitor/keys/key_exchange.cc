#include "monitor/keys/key_exchange.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>

#include "common/base/check.h"
#include "common/ssh/software_version.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::monitor {
namespace {

using common::Result;

/// RFC 4253 §7.1.
constexpr char kSshMsgKexinit = 20;

/// The methods of listener/connection/ssh/algorithms.h. No two have shares of the same sizes, so
/// the sizes say which it is.
struct Method {
  std::size_t client_share_bytes;
  std::size_t server_share_bytes;
  std::size_t least_secret_bytes;
  std::size_t most_secret_bytes;
  const EVP_MD* (*digest)();
};

constexpr std::array<Method, 3> kMethods{{
    // curve25519-sha256: the secret is an mpint.
    {32, 32, 1, 33, EVP_sha256},
    // mlkem768x25519-sha256 and sntrup761x25519-sha512: it is a hash.
    {1184 + 32, 1088 + 32, 32, 32, EVP_sha256},
    {1158 + 32, 1039 + 32, 64, 64, EVP_sha512},
}};

bool is_by(const Method& method, const messages::SignExchange& exchange) {
  const std::size_t secret = exchange.secret.value.size();
  return exchange.client_share.value.size() == method.client_share_bytes &&
         exchange.server_share.value.size() == method.server_share_bytes &&
         secret >= method.least_secret_bytes && secret <= method.most_secret_bytes;
}

bool is_version(std::string_view version) {
  return version.starts_with("SSH-2.0-") || version.starts_with("SSH-1.99-");
}

}  // namespace

Result<std::string> exchange_hash(const messages::SignExchange& exchange,
                                  std::string_view host_key_blob) {
  if (!is_version(exchange.client_version)) return common::error("a version string that is none");
  if (!exchange.client_kexinit.value.starts_with(kSshMsgKexinit) ||
      !exchange.server_kexinit.value.starts_with(kSshMsgKexinit)) {
    return common::error("a KEXINIT that is none");
  }
  const auto* method = std::find_if(kMethods.begin(), kMethods.end(), [&](const Method& candidate) {
    return is_by(candidate, exchange);
  });
  if (method == kMethods.end()) return common::error("of no method that is offered");
  common::WireWriter hashed;
  hashed.string(exchange.client_version)
      .string(common::kServerVersion)
      .string(exchange.client_kexinit)
      .string(exchange.server_kexinit)
      .string(host_key_blob)
      .string(exchange.client_share)
      .string(exchange.server_share)
      .uint32(static_cast<std::uint32_t>(exchange.secret.value.size()));
  // The secret goes into the hash alone, which forgets it, and into no buffer of ours.
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  std::string hash(static_cast<std::size_t>(EVP_MD_get_size(method->digest())), '\0');
  CHECK(EVP_DigestInit_ex(context.get(), method->digest(), nullptr) == 1);
  CHECK(EVP_DigestUpdate(context.get(), hashed.bytes().data(), hashed.bytes().size()) == 1);
  const std::string& secret = exchange.secret.value;
  CHECK(EVP_DigestUpdate(context.get(), secret.data(), secret.size()) == 1);
  CHECK(EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr) ==
        1);
  return hash;
}

std::string make_kexinit_cookie() {
  std::array<unsigned char, messages::kKexinitCookieBytes> bytes{};
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  return {bytes.begin(), bytes.end()};
}

bool has_cookie(std::string_view kexinit, std::string_view cookie) {
  // After the message number.
  return cookie.size() == messages::kKexinitCookieBytes && !kexinit.empty() &&
         kexinit.substr(1).starts_with(cookie);
}

}  // namespace zomg::monitor
