#include "listener/connection/requests/certificate_signature.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/ssh/ssh_wire.h"

namespace zomg::connection {
namespace {

/// How many strings the key of a certificate is.
struct KeyStrings {
  std::string_view type;
  unsigned count;
};

constexpr std::array<KeyStrings, 7> kKeys{{
    {"ssh-ed25519-cert-v01@openssh.com", 1},
    {"ecdsa-sha2-nistp256-cert-v01@openssh.com", 2},
    {"ecdsa-sha2-nistp384-cert-v01@openssh.com", 2},
    {"ecdsa-sha2-nistp521-cert-v01@openssh.com", 2},
    {"ssh-rsa-cert-v01@openssh.com", 2},
    {"sk-ssh-ed25519-cert-v01@openssh.com", 2},
    {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", 3},
}};

bool skip_strings(common::WireReader& reader, unsigned count) {
  std::string_view skipped;
  for (unsigned i = 0; i < count; ++i) {
    if (!reader.string(skipped)) return false;
  }
  return true;
}

/// Serial number and type; identifier and principals; validity; options, extensions and what is
/// reserved.
bool skip_contents(common::WireReader& reader) {
  std::uint64_t number = 0;
  std::uint32_t type = 0;
  return reader.uint64(number) && reader.uint32(type) && skip_strings(reader, 2) &&
         reader.uint64(number) && reader.uint64(number) && skip_strings(reader, 3);
}

}  // namespace

std::optional<CertificateSignature> parse_certificate_signature(std::string_view certificate) {
  common::WireReader reader(certificate);
  std::string_view type;
  if (!reader.string(type)) return std::nullopt;
  const auto* key = std::find_if(kKeys.begin(), kKeys.end(),
                                 [type](const KeyStrings& row) { return row.type == type; });
  if (key == kKeys.end()) return std::nullopt;
  // The nonce is a string like those of the key behind it.
  CertificateSignature found;
  if (!skip_strings(reader, 1 + key->count) || !skip_contents(reader) ||
      !reader.string(found.authority)) {
    return std::nullopt;
  }
  found.signed_bytes = certificate.substr(0, certificate.size() - reader.rest().size());
  if (!reader.string(found.signature) || !reader.at_end()) return std::nullopt;
  return found;
}

}  // namespace zomg::connection
