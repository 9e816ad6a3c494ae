#include "tests/unit/monitor/keys/test_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include <map>

#include "common/base/check.h"
#include "common/ssh/base64.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::monitor {
namespace {

constexpr std::string_view kApplication = "ssh:";

bool starts_with_sk(std::string_view type) {
  return type.starts_with("sk-");
}

const char* group_of(std::string_view type) {
  static const std::map<std::string_view, const char*> groups{
      {"ecdsa-sha2-nistp256", "P-256"},
      {"ecdsa-sha2-nistp384", "P-384"},
      {"ecdsa-sha2-nistp521", "P-521"},
      {"sk-ecdsa-sha2-nistp256@openssh.com", "P-256"},
  };
  const auto found = groups.find(type);
  return found == groups.end() ? nullptr : found->second;
}

EVP_PKEY* generate(std::string_view type, unsigned bits) {
  if (const char* group = group_of(type)) return EVP_EC_gen(group);
  if (type == "ssh-rsa") return EVP_RSA_gen(bits);
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
}

std::string to_mpint(const BIGNUM* number) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  if (!bytes.empty() && (bytes[0] & 0x80) != 0) bytes.insert(0, 1, '\0');
  return bytes;
}

std::string number_param(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string bytes = to_mpint(number);
  BN_free(number);
  return bytes;
}

std::string sha256(std::string_view data) {
  std::string digest(32, '\0');
  EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
             EVP_sha256(), nullptr);
  return digest;
}

std::string make_blob(std::string_view type, EVP_PKEY* key) {
  common::WireWriter blob;
  blob.string(type);
  if (const char* group = group_of(type)) {
    std::string point(200, '\0');
    std::size_t size = 0;
    CHECK(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                          reinterpret_cast<unsigned char*>(point.data()),
                                          point.size(), &size) == 1);
    point.resize(size);
    blob.string(std::string("nistp") + (group + 2)).string(point);
  } else if (type == "ssh-rsa") {
    blob.string(number_param(key, OSSL_PKEY_PARAM_RSA_E));
    blob.string(number_param(key, OSSL_PKEY_PARAM_RSA_N));
  } else {
    std::string point(32, '\0');
    std::size_t size = point.size();
    CHECK(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(point.data()), &size) ==
          1);
    blob.string(point);
  }
  if (starts_with_sk(type)) blob.string(kApplication);
  return blob.bytes();
}

const EVP_MD* digest_for(std::string_view algorithm) {
  if (algorithm.find("ed25519") != std::string_view::npos) return nullptr;
  if (algorithm.ends_with("384")) return EVP_sha384();
  if (algorithm.ends_with("521") || algorithm.ends_with("512")) return EVP_sha512();
  if (algorithm == "ssh-rsa") return EVP_sha1();
  return EVP_sha256();
}

std::string der_to_wire(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
  common::WireWriter pair;
  pair.string(to_mpint(ECDSA_SIG_get0_r(signature)));
  pair.string(to_mpint(ECDSA_SIG_get0_s(signature)));
  ECDSA_SIG_free(signature);
  return pair.bytes();
}

}  // namespace

TestKey::TestKey(std::string_view type, unsigned bits)
    : type_(type), key_(generate(type, bits), EVP_PKEY_free), blob_(make_blob(type, key_.get())) {}

std::string TestKey::line() const {
  return type_ + " " + common::encode_base64(blob_);
}

std::string TestKey::sign_raw(std::string_view algorithm, std::string_view data) const {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  CHECK(EVP_DigestSignInit(context.get(), nullptr, digest_for(algorithm), nullptr, key_.get()) ==
        1);
  std::string signature(4096, '\0');
  std::size_t size = signature.size();
  CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(data.data()), data.size()) == 1);
  signature.resize(size);
  return group_of(type_) != nullptr ? der_to_wire(signature) : signature;
}

std::string TestKey::sign(std::string_view algorithm, std::string_view data,
                          unsigned char flags) const {
  common::WireWriter blob;
  blob.string(algorithm);
  if (!starts_with_sk(type_)) {
    blob.string(sign_raw(algorithm, data));
    return blob.bytes();
  }
  constexpr std::uint32_t kCounter = 7;
  common::WireWriter authenticator_data;
  authenticator_data.raw(sha256(kApplication)).byte(flags).uint32(kCounter).raw(sha256(data));
  blob.string(sign_raw(algorithm, authenticator_data.bytes())).byte(flags).uint32(kCounter);
  return blob.bytes();
}

}  // namespace zomg::monitor
