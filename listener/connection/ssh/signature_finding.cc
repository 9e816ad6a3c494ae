#include "listener/connection/ssh/signature_finding.h"

#include <libssh/libssh.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "listener/connection/requests/certificate_signature.h"

struct ssh_signature_struct;

extern "C" {

// Of libssh's own, what its public headers do not declare.
int ssh_pki_import_pubkey_blob(ssh_string blob, ssh_key* key);
int ssh_pki_import_signature_blob(ssh_string blob, ssh_key key, ssh_signature_struct** signature);
void ssh_signature_free(ssh_signature_struct* signature);
// As it is behind the hooks.
int __real_ssh_pki_signature_verify(ssh_session session, ssh_signature_struct* signature,
                                    ssh_key key, const unsigned char* data, size_t size);

}  // extern "C"

namespace zomg::connection::ssh {
namespace {

using messages::SignatureFinding;
using String = std::unique_ptr<ssh_string_struct, void (*)(ssh_string)>;
using Key = std::unique_ptr<ssh_key_struct, void (*)(ssh_key)>;
using Signature = std::unique_ptr<ssh_signature_struct, void (*)(ssh_signature_struct*)>;

String to_string(std::string_view bytes) {
  String string(ssh_string_new(bytes.size()), ssh_string_free);
  if (string) ssh_string_fill(string.get(), bytes.data(), bytes.size());
  return string;
}

Key to_key(std::string_view blob) {
  const String string = to_string(blob);
  ssh_key key = nullptr;
  if (string) ssh_pki_import_pubkey_blob(string.get(), &key);
  return {key, ssh_key_free};
}

Signature to_signature(std::string_view blob, ssh_key key) {
  const String string = to_string(blob);
  ssh_signature_struct* signature = nullptr;
  if (string) ssh_pki_import_signature_blob(string.get(), key, &signature);
  return {signature, ssh_signature_free};
}

bool authority_signed(const CertificateSignature& certificate, ssh_session session) {
  const Key authority = to_key(certificate.authority);
  if (!authority) return false;
  const Signature signature = to_signature(certificate.signature, authority.get());
  return signature && __real_ssh_pki_signature_verify(
                          session, signature.get(), authority.get(),
                          reinterpret_cast<const unsigned char*>(certificate.signed_bytes.data()),
                          certificate.signed_bytes.size()) == SSH_OK;
}

}  // namespace

SignatureFinding finding_of(const AuthRequest& request, bool user_holds, ssh_session session) {
  if (!user_holds) return SignatureFinding::kUserFalse;
  if (!request.algorithm.ends_with("-cert-v01@openssh.com")) return SignatureFinding::kHold;
  const auto certificate = parse_certificate_signature(request.key);
  return certificate && authority_signed(*certificate, session) ? SignatureFinding::kHold
                                                                : SignatureFinding::kAuthorityFalse;
}

}  // namespace zomg::connection::ssh
