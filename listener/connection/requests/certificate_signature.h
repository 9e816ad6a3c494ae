#pragma once

#include <optional>
#include <string_view>

namespace zomg::connection {

/// The signature of an OpenSSH certificate (PROTOCOL.certkeys), as views into its blob.
struct CertificateSignature {
  /// The blob of the authority's key, and its signature over `signed_bytes`.
  std::string_view authority;
  std::string_view signature;
  std::string_view signed_bytes;
};

/// Finds it; nothing in what is no certificate of a type that may log in.
std::optional<CertificateSignature> parse_certificate_signature(std::string_view certificate);

}  // namespace zomg::connection
