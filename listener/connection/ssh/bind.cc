#include "listener/connection/ssh/bind.h"

#include <string>
#include <utility>

#include "common/base/quoted.h"
#include "common/ssh/software_version.h"
#include "listener/connection/ssh/algorithms.h"
#include "listener/connection/ssh/host_key.h"

namespace zomg::connection::ssh {
namespace {

/// libssh puts this before it.
constexpr std::string_view kProtocolVersion = "SSH-2.0-";
static_assert(common::kServerVersion.starts_with(kProtocolVersion));

}  // namespace

common::Result<BindHandle> make_bind(std::string_view host_public_key) {
  BindHandle bind(ssh_bind_new(), ssh_bind_free);
  if (!bind) return common::error("ssh_bind_new failed");
  const bool process_config = false;
  const std::string software(common::kServerVersion.substr(kProtocolVersion.size()));
  const std::string host_key = stand_in_host_key(host_public_key);
  const std::pair<ssh_bind_options_e, const void*> options[] = {
      {SSH_BIND_OPTIONS_PROCESS_CONFIG, &process_config},
      {SSH_BIND_OPTIONS_BANNER, software.c_str()},
      {SSH_BIND_OPTIONS_IMPORT_KEY_STR, host_key.c_str()},
      {SSH_BIND_OPTIONS_KEY_EXCHANGE, kKeyExchanges},
      {SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, kHostKeyAlgorithms},
      {SSH_BIND_OPTIONS_CIPHERS_C_S, kCiphers},
      {SSH_BIND_OPTIONS_CIPHERS_S_C, kCiphers},
      {SSH_BIND_OPTIONS_HMAC_C_S, kMacs},
      {SSH_BIND_OPTIONS_HMAC_S_C, kMacs},
      {SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, kUserKeyAlgorithms},
  };
  for (const auto& [option, value] : options) {
    if (ssh_bind_options_set(bind.get(), option, value) != SSH_OK) {
      return common::error("ssh_bind option {}: {}", static_cast<int>(option),
                           common::quoted(ssh_get_error(bind.get())));
    }
  }
  return bind;
}

}  // namespace zomg::connection::ssh
