// A certificate as a client sends it. Properties: what was parsed lies inside the blob and ends
// with the signature, and the key in it makes a key blob that parses to the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "monitor/keys/signature.h"
#include "monitor/login/certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::monitor;
  const std::string_view blob(reinterpret_cast<const char*>(data), size);
  const auto certificate = Certificate::parse(blob);
  if (!certificate) return 0;
  CHECK(blob.starts_with(certificate->signed_bytes) && blob.ends_with(certificate->signature));
  CHECK(certificate->signed_bytes.size() + 4 + certificate->signature.size() == blob.size());
  const std::string key_blob = certificate->key.blob();
  const auto key = parse_key_blob(key_blob);
  CHECK(key && key->type == certificate->key.type && key->blob() == key_blob);

  const KeyOptions authority;
  const auto named = check_certificate(*certificate, authority, "demo--box1", 1800000000);
  CHECK(!named || !certificate->principals.empty());
  if (const auto options = certificate_options(*certificate)) {
    const auto merged = merge_options(authority, *options);
    CHECK(merged && merged->terminal_permitted == options->terminal_permitted);
    (void)permit(*merged, {"demo--box1", "192.0.2.1", 1800000000}).has_value();
  }
  if (const auto authority_key = parse_key_blob(certificate->authority)) {
    (void)Signature::parse(certificate->signature, authority_key->type).has_value();
  }
  return 0;
}
