#include "monitor/keys/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>

#include "common/ssh/base64.h"

namespace zomg::monitor {
namespace {

using common::Result;

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

EvpKey make_ed25519(const KeyFields& fields) {
  return owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(fields.point),
                                           fields.point.size()));
}

EvpKey make_ecdsa(const KeyFields& fields) {
  const ParamBuilder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                  curve_group(fields.type), 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, fields.point.data(),
                                   fields.point.size());
  return key_from_params("EC", builder.get());
}

EvpKey make_rsa(const KeyFields& fields) {
  const auto number = [](std::string_view bytes) {
    return BigNumber(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr), BN_free);
  };
  const BigNumber exponent = number(fields.exponent);
  const BigNumber modulus = number(fields.modulus);
  const ParamBuilder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  return key_from_params("RSA", builder.get());
}

}  // namespace

Result<PublicKey> PublicKey::make(const KeyFields& fields) {
  EvpKey evp = fields.type == KeyType::kRsa          ? make_rsa(fields)
               : curve_group(fields.type) != nullptr ? make_ecdsa(fields)
                                                     : make_ed25519(fields);
  if (!evp)
    return common::error("the key's numbers are no {} key", monitor::type_name(fields.type));
  return PublicKey(fields.type, fields.application, std::move(evp));
}

Result<PublicKey> PublicKey::parse(std::string_view blob) {
  auto fields = parse_key_blob(blob);
  if (!fields) return fields.error();
  return make(*fields);
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
