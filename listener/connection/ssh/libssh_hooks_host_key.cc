#include "listener/connection/ssh/libssh_hooks_host_key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "common/messages/connection.h"
#include "listener/connection/ssh/host_key.h"
#include "listener/connection/ssh/libssh_hooks.h"

// The calls of the hooks that are about the key exchange and the host key.

using zomg::connection::ssh::installed_hooks;
using zomg::connection::ssh::kDummySeed;
using zomg::connection::ssh::LibsshHooks;
using zomg::messages::kKexinitCookieBytes;

namespace {

constexpr std::size_t kEd25519SignatureBytes = 64;
constexpr std::size_t kSha256Bytes = 32;
constexpr std::size_t kSha512Bytes = 64;

/// What libssh hashed last, and the hash. When it has a hash signed next, that is an exchange's.
struct Hashed {
  std::string bytes;
  std::string hash;

  void note(std::string_view input, std::string_view output) {
    forget();
    bytes = input;
    hash = output;
  }
  void forget() {
    // The secret of the exchange is in them.
    OPENSSL_cleanse(bytes.data(), bytes.size());
    bytes.clear();
  }
};
Hashed last_hashed;

std::string_view view(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

EVP_PKEY* host_key(const LibsshHooks& hooks) {
  std::string public_half(hooks.host_public_key());
  std::string private_half(kDummySeed);
  const OSSL_PARAM halves[] = {
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, public_half.data(),
                                        public_half.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, private_half.data(),
                                        private_half.size()),
      OSSL_PARAM_construct_end(),
  };
  const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "ED25519", nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, const_cast<OSSL_PARAM*>(halves)) !=
          1) {
    return nullptr;
  }
  return key;
}

}  // namespace

namespace zomg::connection::ssh {

void forget_exchange() {
  last_hashed.forget();
}

}  // namespace zomg::connection::ssh

extern "C" {

EVP_PKEY* __real_EVP_PKEY_new_raw_private_key(int type, ENGINE* engine, const unsigned char* key,
                                              size_t size);
int __real_ssh_get_random(void* bytes, int size, int strong);
int __real_sha256(const unsigned char* bytes, size_t size, unsigned char* hash);
int __real_sha512(const unsigned char* bytes, size_t size, unsigned char* hash);

int __wrap_EVP_DigestSign(EVP_MD_CTX* /*context*/, unsigned char* signature, size_t* signature_size,
                          const unsigned char* data, size_t size) {
  // Nothing else signs in this process: no other private key is in it.
  LibsshHooks* hooks = installed_hooks();
  if (hooks == nullptr || signature == nullptr || *signature_size < kEd25519SignatureBytes)
    return 0;
  if (view(data, size) != last_hashed.hash) return 0;
  std::string made;
  const bool signed_now = hooks->sign_exchange(last_hashed.bytes, made);
  last_hashed.forget();
  if (!signed_now || made.size() != kEd25519SignatureBytes) return 0;
  std::copy(made.begin(), made.end(), signature);
  *signature_size = made.size();
  return 1;
}

int __wrap_ssh_get_random(void* bytes, int size, int strong) {
  // libssh draws a cookie of 16 bytes at once when it starts, and its padding only for what it
  // sends then. Were it otherwise, the monitor would sign nothing.
  LibsshHooks* hooks = installed_hooks();
  if (hooks != nullptr && size == static_cast<int>(kKexinitCookieBytes)) {
    const std::string cookie = hooks->take_cookie();
    if (cookie.size() == kKexinitCookieBytes) {
      std::memcpy(bytes, cookie.data(), cookie.size());
      return 1;
    }
  }
  return __real_ssh_get_random(bytes, size, strong);
}

int __wrap_sha256(const unsigned char* bytes, size_t size, unsigned char* hash) {
  const int result = __real_sha256(bytes, size, hash);
  if (installed_hooks() != nullptr) last_hashed.note(view(bytes, size), view(hash, kSha256Bytes));
  return result;
}

int __wrap_sha512(const unsigned char* bytes, size_t size, unsigned char* hash) {
  const int result = __real_sha512(bytes, size, hash);
  if (installed_hooks() != nullptr) last_hashed.note(view(bytes, size), view(hash, kSha512Bytes));
  return result;
}

EVP_PKEY* __wrap_EVP_PKEY_new_raw_private_key(int type, ENGINE* engine, const unsigned char* key,
                                              size_t size) {
  const LibsshHooks* hooks = installed_hooks();
  if (hooks != nullptr && type == EVP_PKEY_ED25519 && size == kDummySeed.size() &&
      std::memcmp(key, kDummySeed.data(), size) == 0) {
    return host_key(*hooks);
  }
  return __real_EVP_PKEY_new_raw_private_key(type, engine, key, size);
}

}  // extern "C"
