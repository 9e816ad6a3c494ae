#include "monitor/login/user_authenticator.h"

#include <algorithm>
#include <optional>
#include <span>

#include "common/base/quoted.h"
#include "common/ssh/login_name.h"
#include "monitor/keys/signature.h"
#include "monitor/keys/userauth_request.h"

namespace zomg::monitor {
namespace {

using common::parse_login_name;
using common::Result;

constexpr std::string_view kAuthority = "the certificate's authority";

/// A key as a client names it: plain, or in a certificate.
struct OfferedKey {
  KeyFields fields;
  std::optional<Certificate> certificate;
  /// Of the signature that proves it.
  std::string_view signature_algorithm;
};

Result<OfferedKey> parse_certified_key(std::string_view algorithm, std::string_view blob) {
  auto certificate = Certificate::parse(blob);
  if (!certificate) return certificate.error();
  OfferedKey offered;
  offered.fields = certificate->key;
  offered.signature_algorithm = certificate_signature_algorithm(certificate->key.type, algorithm);
  offered.certificate = std::move(*certificate);
  return offered;
}

Result<OfferedKey> parse_offered_key(std::string_view algorithm, std::string_view blob) {
  Result<OfferedKey> offered = common::error("");
  if (algorithm.ends_with("-cert-v01@openssh.com")) {
    offered = parse_certified_key(algorithm, blob);
  } else if (auto fields = parse_key_blob(blob); !fields) {
    offered = fields.error();
  } else {
    offered = OfferedKey{*fields, std::nullopt,
                         may_sign(fields->type, algorithm) ? algorithm : std::string_view()};
  }
  if (offered && offered->signature_algorithm.empty()) {
    return common::error("{} is not this key's algorithm", common::quoted(algorithm));
  }
  return offered;
}

/// Whether the signature is by the key.
Result<void> verify_by(const KeyFields& fields, const Signature& signature, std::string_view data) {
  auto key = PublicKey::make(fields);
  if (!key) return key.error();
  return verify_signature(*key, signature, data);
}

/// Whether the authority signed the certificate, with whatever of its algorithms (RSA: SHA-2).
Result<void> verify_authority(const Certificate& certificate) {
  auto authority = parse_key_blob(certificate.authority);
  if (!authority) return authority.error();
  auto signature = Signature::parse(certificate.signature, authority->type);
  if (!signature) return signature.error();
  return verify_by(*authority, *signature, certificate.signed_bytes);
}

/// Ends the matter where the connection process found a signature that does not hold.
Result<void> check_finding(messages::SignatureFinding finding) {
  const common::Error broken = common::error("the signature does not verify");
  switch (finding) {
    case messages::SignatureFinding::kHold:
      return {};
    case messages::SignatureFinding::kUserFalse:
      return broken;
    case messages::SignatureFinding::kAuthorityFalse:
      return broken.with_context(kAuthority);
  }
  return broken;
}

Result<KeyOptions> apply_entry(const AuthorizedKey& entry,
                               const std::optional<Certificate>& certificate,
                               const LoginAttempt& attempt) {
  if (auto permitted = permit(entry.options, attempt); !permitted) return permitted.error();
  if (!certificate) return entry.options;
  auto named = check_certificate(*certificate, entry.options, attempt.box_name, attempt.now);
  if (!named) return named.error();
  auto options = certificate_options(*certificate);
  if (!options) return options.error();
  if (auto permitted = permit(*options, attempt); !permitted) {
    return permitted.error().with_context("the certificate");
  }
  return merge_options(entry.options, *options);
}

bool is_usable(const AuthorizedKey& entry, const OfferedKey& offered) {
  return entry.options.certificate_authority == offered.certificate.has_value();
}

/// The first entry whose options let the attempt in, as sshd has it.
Result<Login> find_entry(std::span<const AuthorizedKey> entries, const OfferedKey& offered,
                         const LoginAttempt& attempt) {
  common::Error refusal = common::error("the key is not authorized");
  for (const AuthorizedKey& entry : entries) {
    if (!is_usable(entry, offered)) continue;
    auto options = apply_entry(entry, offered.certificate, attempt);
    if (!options) {
      refusal = options.error().with_context(entry.source);
      continue;
    }
    Login login;
    login.options = std::move(*options);
    login.credential.source = entry.source;
    return login;
  }
  return refusal;
}

/// Of all who have the key, so that nobody gains connections by adding keys to their account, or
/// takes somebody's away by adding theirs.
std::string owners_of(std::span<const AuthorizedKey> entries, const OfferedKey& offered,
                      const std::string& fingerprint) {
  std::string owners;
  for (const AuthorizedKey& entry : entries) {
    if (!is_usable(entry, offered)) continue;
    if (entry.owner.empty()) return fingerprint;  // the operator names this key itself
    owners += entry.owner + " ";
  }
  return owners;
}

std::string identity_of(const Login& login, std::span<const AuthorizedKey> entries,
                        const OfferedKey& offered) {
  const auto& certificate = login.credential.certificate;
  if (!certificate) return owners_of(entries, offered, login.credential.fingerprint);
  // Neither the key nor the key ID, which may be new with each certificate.
  const auto principal =
      named_principal(*offered.certificate, login.options, login.name.box_name());
  return certificate->authority_fingerprint + " " + principal.value_or("");
}

Result<void> check_flags(const KeyOptions& options, const Signature& signature) {
  if (options.touch_required && !signature.user_present()) {
    return common::error("the FIDO key was not touched");
  }
  if (options.verification_required && !signature.user_verified()) {
    return common::error("the FIDO key did not verify its user");
  }
  return {};
}

/// Of the key itself, or of the authority that signed its certificate.
std::span<const AuthorizedKey> entries_of(const AuthorizedKeys& keys, const OfferedKey& offered,
                                          std::string_view blob) {
  return keys.find(offered.certificate ? offered.certificate->authority : blob);
}

}  // namespace

Result<void> UserAuthenticator::check(const messages::CheckKey& request) const {
  if (auto name = parse_login_name(request.login_name); !name) return name.error();
  auto offered = parse_offered_key(request.algorithm, request.key);
  if (!offered) return offered.error();
  return {};
}

Result<Login> UserAuthenticator::verify(const messages::VerifyUser& request,
                                        std::string_view session_id,
                                        std::string_view client_address, std::time_t now) const {
  // What comes before the signatures depends on what the client sent alone, and not on what we
  // know; what comes after them only the owner of an authorized key gets to see.
  auto name = parse_login_name(request.login_name);
  if (!name) return name.error();
  auto offered = parse_offered_key(request.algorithm, request.key);
  if (!offered) return offered.error();
  auto signature = Signature::parse(request.signature, offered->fields.type);
  if (!signature) return signature.error();
  if (signature->algorithm != offered->signature_algorithm) {
    return common::error("the signature is by {}", common::quoted(signature->algorithm));
  }
  if (auto said = check_finding(request.finding); !said) return said.error();

  const std::span<const AuthorizedKey> entries = entries_of(keys_, *offered, request.key);
  const bool known = std::any_of(entries.begin(), entries.end(), [&](const AuthorizedKey& entry) {
    return is_usable(entry, *offered);
  });
  if (!known) {
    const common::Error stranger = common::error("the key is not authorized");
    return offered->certificate ? stranger.with_context(kAuthority) : stranger;
  }
  if (offered->certificate) {
    auto certified = verify_authority(*offered->certificate);
    if (!certified) return certified.error().with_context(kAuthority);
  }
  const std::string host_key = request.host_bound ? host_key_.blob() : std::string();
  auto verified = verify_by(
      offered->fields, *signature,
      signed_data({session_id, request.login_name, request.algorithm, request.key, host_key}));
  if (!verified) return verified.error();

  const std::string box_name = name->box_name();
  const LoginAttempt attempt{box_name, client_address, now};
  auto login = find_entry(entries, *offered, attempt);
  if (!login) return login;
  if (is_security_key(offered->fields.type)) {
    if (auto met = check_flags(login->options, *signature); !met) return met.error();
  }
  const std::string key_blob = offered->fields.blob();
  if (auto good = revoked_.check(key_blob, offered->certificate); !good) return good.error();
  login->name = std::move(*name);
  login->credential.algorithm = request.algorithm.value;
  login->credential.fingerprint = fingerprint(key_blob);
  if (offered->certificate) {
    login->credential.certificate = Credential::Certificate{
        fingerprint(offered->certificate->authority), std::string(offered->certificate->key_id),
        offered->certificate->serial};
  }
  login->credential.identity = identity_of(*login, entries, *offered);
  return login;
}

Result<std::optional<std::time_t>> UserAuthenticator::permits(const messages::CheckKey& request,
                                                              std::string_view client_address,
                                                              std::time_t now) const {
  auto name = parse_login_name(request.login_name);
  if (!name) return name.error();
  auto offered = parse_offered_key(request.algorithm, request.key);
  if (!offered) return offered.error();
  const std::string box_name = name->box_name();
  const LoginAttempt attempt{box_name, client_address, now};
  auto login = find_entry(entries_of(keys_, *offered, request.key), *offered, attempt);
  if (!login) return login.error();
  if (auto good = revoked_.check_again(offered->fields.blob(), offered->certificate); !good) {
    return good.error();
  }
  return login->options.expires;
}

}  // namespace zomg::monitor
