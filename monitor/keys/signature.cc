#include "monitor/keys/signature.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "common/base/quoted.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::monitor {
namespace {

using common::Result;

std::string sha256(std::string_view data) {
  std::string digest(32, '\0');
  EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
             EVP_sha256(), nullptr);
  return digest;
}

/// RFC 5656 §3.1.2's pair of mpints as the DER that OpenSSL takes.
Result<std::string> ecdsa_der(std::string_view pair) {
  common::WireReader reader(pair);
  std::string_view r;
  std::string_view s;
  if (!reader.mpint(r) || !reader.mpint(s) || !reader.at_end()) {
    return common::error("not an ECDSA signature");
  }
  const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> signature(ECDSA_SIG_new(), ECDSA_SIG_free);
  BIGNUM* r_number = BN_bin2bn(bytes_of(r), static_cast<int>(r.size()), nullptr);
  BIGNUM* s_number = BN_bin2bn(bytes_of(s), static_cast<int>(s.size()), nullptr);
  if (!signature || ECDSA_SIG_set0(signature.get(), r_number, s_number) != 1) {
    BN_free(r_number);
    BN_free(s_number);
    return common::error("out of memory");
  }
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return common::error("not an ECDSA signature");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

const EVP_MD* digest_for(const PublicKey& key, std::string_view algorithm) {
  switch (key.type()) {
    case KeyType::kEd25519:
    case KeyType::kSkEd25519:
      return nullptr;
    case KeyType::kEcdsa256:
    case KeyType::kSkEcdsa:
      return EVP_sha256();
    case KeyType::kEcdsa384:
      return EVP_sha384();
    case KeyType::kEcdsa521:
      return EVP_sha512();
    case KeyType::kRsa:
      return algorithm == "rsa-sha2-512" ? EVP_sha512() : EVP_sha256();
  }
  return nullptr;
}

bool is_ecdsa(KeyType type) {
  return type == KeyType::kEcdsa256 || type == KeyType::kEcdsa384 || type == KeyType::kEcdsa521 ||
         type == KeyType::kSkEcdsa;
}

/// What the authenticator signed: SHA256(application) || flags || counter || SHA256(data).
std::string security_key_data(const PublicKey& key, const Signature& signature,
                              std::string_view data) {
  common::WireWriter signed_data;
  signed_data.raw(sha256(key.application()))
      .byte(signature.flags)
      .uint32(signature.counter)
      .raw(sha256(data));
  return signed_data.bytes();
}

}  // namespace

Result<Signature> Signature::parse(std::string_view blob, KeyType type) {
  common::WireReader reader(blob);
  Signature signature;
  if (!reader.string(signature.algorithm) || !reader.string(signature.value)) {
    return common::error("the signature is cut short");
  }
  if (!may_sign(type, signature.algorithm)) {
    return common::error("the signature is by {}, which is not this key's",
                         common::quoted(signature.algorithm));
  }
  if (is_security_key(type) &&
      (!reader.byte(signature.flags) || !reader.uint32(signature.counter))) {
    return common::error("the signature is cut short");
  }
  if (!reader.at_end()) return common::error("bytes left over after the signature");
  return signature;
}

Result<void> verify_signature(const PublicKey& key, const Signature& signature,
                              std::string_view data) {
  const std::string signed_data =
      key.is_security_key() ? security_key_data(key, signature, data) : std::string(data);
  std::string raw(signature.value);
  if (is_ecdsa(key.type())) {
    auto der = ecdsa_der(signature.value);
    if (!der) return der.error();
    raw = std::move(*der);
  } else if (key.type() == KeyType::kRsa) {
    // RFC 8017 §8.2 wants the modulus's length; some signers drop leading zeros.
    const auto modulus_bytes = static_cast<std::size_t>(EVP_PKEY_get_size(key.evp()));
    if (raw.size() < modulus_bytes) raw.insert(0, modulus_bytes - raw.size(), '\0');
  }
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest_for(key, signature.algorithm),
                                       nullptr, key.evp()) != 1) {
    return common::error("the verification could not be set up");
  }
  if (EVP_DigestVerify(context.get(), bytes_of(raw), raw.size(), bytes_of(signed_data),
                       signed_data.size()) != 1) {
    return common::error("the signature does not verify");
  }
  return {};
}

}  // namespace zomg::monitor
