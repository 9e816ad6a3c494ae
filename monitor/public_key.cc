#include "monitor/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>

#include "common/base64.h"
#include "common/limits.h"
#include "common/ssh_wire.h"

namespace zomg::monitor {
namespace {

using common::Result;

struct TypeRow {
  KeyType type;
  std::string_view name;
  /// RFC 5656 §6.1 name and OpenSSL's name of the curve; null where there is none.
  std::string_view curve;
  const char* group;
  bool security_key;
};

constexpr std::array<TypeRow, 7> kTypes{{
    {KeyType::kEd25519, "ssh-ed25519", "", nullptr, false},
    {KeyType::kEcdsa256, "ecdsa-sha2-nistp256", "nistp256", "P-256", false},
    {KeyType::kEcdsa384, "ecdsa-sha2-nistp384", "nistp384", "P-384", false},
    {KeyType::kEcdsa521, "ecdsa-sha2-nistp521", "nistp521", "P-521", false},
    {KeyType::kRsa, "ssh-rsa", "", nullptr, false},
    {KeyType::kSkEd25519, "sk-ssh-ed25519@openssh.com", "", nullptr, true},
    {KeyType::kSkEcdsa, "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", "P-256", true},
}};

const TypeRow& row(KeyType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

EvpKey owned(EVP_PKEY* key) {
  return {key, EVP_PKEY_free};
}

EvpKey key_from_params(const char* algorithm, OSSL_PARAM_BLD* builder) {
  const std::unique_ptr<OSSL_PARAM, void (*)(OSSL_PARAM*)> params(OSSL_PARAM_BLD_to_param(builder),
                                                                  OSSL_PARAM_free);
  const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  if (params && context && EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
  }
  return owned(key);
}

using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, void (*)(OSSL_PARAM_BLD*)>;
using BigNumber = std::unique_ptr<BIGNUM, void (*)(BIGNUM*)>;

Result<EvpKey> read_ed25519(common::WireReader& reader) {
  std::string_view point;
  if (!reader.string(point)) return common::error("the key is cut short");
  EvpKey key =
      owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(point), point.size()));
  if (!key) return common::error("not an ed25519 public key");
  return key;
}

Result<EvpKey> read_ecdsa(common::WireReader& reader, const TypeRow& type) {
  std::string_view curve;
  std::string_view point;
  if (!reader.string(curve) || !reader.string(point)) return common::error("the key is cut short");
  if (curve != type.curve) return common::error("the curve is not the key type's");
  // RFC 5656 §3.1 allows compressed points; nobody sends them, OpenSSH refuses them.
  if (point.empty() || point[0] != 0x04) return common::error("not an uncompressed point");
  const ParamBuilder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, type.group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  EvpKey key = key_from_params("EC", builder.get());
  if (!key) return common::error("the point is not on the curve");
  return key;
}

Result<EvpKey> read_rsa(common::WireReader& reader) {
  std::string_view exponent;
  std::string_view modulus;
  if (!reader.mpint(exponent) || !reader.mpint(modulus)) {
    return common::error("the key is cut short");
  }
  if (modulus.size() > limits::kMaxRsaBits / 8 || exponent.size() > 8) {
    return common::error("an RSA key over {} bits", limits::kMaxRsaBits);
  }
  const BigNumber e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr),
                    BN_free);
  const BigNumber n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr),
                    BN_free);
  if (!e || !n) return common::error("out of memory");
  if (BN_num_bits(n.get()) < limits::kMinRsaBits) {
    return common::error("an RSA key of {} bits, under {}", BN_num_bits(n.get()),
                         limits::kMinRsaBits);
  }
  if (BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1 || BN_is_odd(n.get()) == 0) {
    return common::error("not an RSA key");
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  EvpKey key = key_from_params("RSA", builder.get());
  if (!key) return common::error("not an RSA key");
  return key;
}

Result<EvpKey> read_key(common::WireReader& reader, const TypeRow& type) {
  if (type.type == KeyType::kRsa) return read_rsa(reader);
  if (type.group != nullptr) return read_ecdsa(reader, type);
  return read_ed25519(reader);
}

}  // namespace

PublicKey::PublicKey(KeyType type, std::string_view blob, std::string_view application, EvpKey evp)
    : type_(type), blob_(blob), application_(application), evp_(std::move(evp)) {}

Result<PublicKey> PublicKey::parse(std::string_view blob) {
  if (blob.size() > limits::kMaxKeyBlobBytes) return common::error("the key is too long");
  common::WireReader reader(blob);
  std::string_view name;
  if (!reader.string(name)) return common::error("the key is cut short");
  for (const TypeRow& type : kTypes) {
    if (type.name != name) continue;
    auto key = read_key(reader, type);
    if (!key) return key.error();
    std::string_view application;
    if (type.security_key && !reader.string(application)) {
      return common::error("the key is cut short");
    }
    if (!reader.at_end()) return common::error("bytes left over after the key");
    return PublicKey(type.type, blob, application, std::move(*key));
  }
  return common::error("the key type {} is not allowed", name);
}

std::string_view PublicKey::type_name() const {
  return row(type_).name;
}

bool PublicKey::is_security_key() const {
  return row(type_).security_key;
}

bool PublicKey::can_sign(std::string_view algorithm) const {
  if (type_ == KeyType::kRsa) return algorithm == "rsa-sha2-256" || algorithm == "rsa-sha2-512";
  return algorithm == type_name();
}

std::string fingerprint(std::string_view blob) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(blob.data(), blob.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string text = common::encode_base64(
      {reinterpret_cast<const char*>(digest.data()), static_cast<std::size_t>(size)});
  text.erase(text.find_last_not_of('=') + 1);
  return "SHA256:" + text;
}

}  // namespace zomg::monitor
