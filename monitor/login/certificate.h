#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "monitor/keys/key_blob.h"
#include "monitor/login/key_options.h"

namespace zomg::monitor {

/// An OpenSSH certificate (PROTOCOL.certkeys), as views into its blob. That it was parsed says
/// nothing of who signed it.
struct Certificate {
  KeyFields key;
  std::uint64_t serial = 0;
  std::uint32_t certified_as = 0;
  std::string_view key_id;
  std::vector<std::string_view> principals;
  std::uint64_t valid_after = 0;
  std::uint64_t valid_before = 0;
  std::string_view critical_options;
  std::string_view extensions;
  /// The authority's key, and its signature over `signed_bytes`.
  std::string_view authority;
  std::string_view signed_bytes;
  std::string_view signature;

  /// Fails for a key type that may not log in, a field that is cut short, too many principals,
  /// trailing bytes.
  static common::Result<Certificate> parse(std::string_view blob);
};

/// The principal that lets the certificate in: the first of `principals` that it names if the
/// authority's line has such an option, else the login name. None: it names nobody who may.
std::optional<std::string> named_principal(const Certificate& certificate,
                                           const KeyOptions& authority, std::string_view box_name);

/// Whether the certificate is a user's and valid at `now`, and names the principal that it has to:
/// one of `principals` if the authority's line has such an option, else the login name. A
/// certificate without principals names nobody.
common::Result<void> check_certificate(const Certificate& certificate, const KeyOptions& authority,
                                       std::string_view box_name, std::time_t now);

/// What the certificate says for itself: how long it is valid, its critical options, each of which
/// must be understood, and those of its extensions that are.
common::Result<KeyOptions> certificate_options(const Certificate& certificate);

/// What holds when both the authority's line and the certificate have a say: what either narrows is
/// narrow. An Error when both force a command and not the same.
common::Result<KeyOptions> merge_options(const KeyOptions& authority,
                                         const KeyOptions& certificate);

}  // namespace zomg::monitor
