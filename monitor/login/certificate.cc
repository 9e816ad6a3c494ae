#include "monitor/login/certificate.h"

#include <algorithm>
#include <limits>

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::monitor {
namespace {

using common::Result;

/// SSH_CERT_TYPE_USER of PROTOCOL.certkeys.
constexpr std::uint32_t kUserCertificate = 1;

Result<std::vector<std::string_view>> read_principals(std::string_view packed) {
  std::vector<std::string_view> principals;
  common::WireReader reader(packed);
  while (!reader.at_end()) {
    std::string_view principal;
    if (principals.size() >= limits::kMaxCertificatePrincipals) {
      return common::error("more than {} principals", limits::kMaxCertificatePrincipals);
    }
    if (!reader.string(principal)) return common::error("the principals are cut short");
    principals.push_back(principal);
  }
  return principals;
}

/// Calls `visit(name, data)` for each option of a packed list. Their order is not checked: OpenSSH
/// does not, either.
template <typename Visit>
Result<void> for_each_option(std::string_view packed, Visit visit) {
  common::WireReader reader(packed);
  while (!reader.at_end()) {
    std::string_view name;
    std::string_view data;
    if (!reader.string(name) || !reader.string(data)) {
      return common::error("the certificate's options are cut short");
    }
    if (auto visited = visit(name, data); !visited)
      return visited.error().with_context(common::quoted(name));
  }
  return {};
}

/// The string that makes up all of an option's data.
Result<std::string_view> only_string(std::string_view data) {
  common::WireReader reader(data);
  std::string_view text;
  if (!reader.string(text) || !reader.at_end() || text.find('\0') != std::string_view::npos) {
    return common::error("not one string");
  }
  return text;
}

Result<void> set_force_command(KeyOptions& options, std::string_view data) {
  auto command = only_string(data);
  if (!command) return command.error();
  if (options.forced_command) return common::error("given twice");
  if (command->size() > limits::kMaxForcedCommandBytes) {
    return common::error("over {} bytes", limits::kMaxForcedCommandBytes);
  }
  options.forced_command = std::string(*command);
  return {};
}

Result<void> set_source_address(KeyOptions& options, std::string_view data) {
  auto text = only_string(data);
  if (!text) return text.error();
  if (options.from) return common::error("given twice");
  auto list = AddressList::parse_networks(*text);
  if (!list) return list.error();
  options.from = std::move(*list);
  return {};
}

Result<void> set_critical(KeyOptions& options, std::string_view name, std::string_view data) {
  if (name == "force-command") return set_force_command(options, data);
  if (name == "source-address") return set_source_address(options, data);
  if (name != "verify-required") return common::error("a critical option that is not understood");
  if (!data.empty()) return common::error("data where there should be none");
  options.verification_required = true;
  return {};
}

Result<void> set_extension(KeyOptions& options, std::string_view name, std::string_view data) {
  const bool terminal = name == "permit-pty";
  const bool no_touch = name == "no-touch-required";
  if (!terminal && !no_touch) return {};  // an extension that is not understood grants nothing
  if (!data.empty()) return common::error("data where there should be none");
  if (terminal) options.terminal_permitted = true;
  if (no_touch) options.touch_required = false;
  return {};
}

}  // namespace

Result<Certificate> Certificate::parse(std::string_view blob) {
  if (blob.size() > limits::kMaxKeyBlobBytes) return common::error("the certificate is too long");
  common::WireReader reader(blob);
  std::string_view name;
  std::string_view nonce;
  if (!reader.string(name) || !reader.string(nonce)) {
    return common::error("the certificate is cut short");
  }
  auto type = find_certificate_type(name);
  if (!type) return type.error();
  auto key = read_key_fields(reader, *type);
  if (!key) return key.error();
  Certificate certificate;
  certificate.key = *key;
  std::string_view principals;
  std::string_view reserved;
  if (!reader.uint64(certificate.serial) || !reader.uint32(certificate.certified_as) ||
      !reader.string(certificate.key_id) || !reader.string(principals) ||
      !reader.uint64(certificate.valid_after) || !reader.uint64(certificate.valid_before) ||
      !reader.string(certificate.critical_options) || !reader.string(certificate.extensions) ||
      !reader.string(reserved) || !reader.string(certificate.authority)) {
    return common::error("the certificate is cut short");
  }
  certificate.signed_bytes = blob.substr(0, blob.size() - reader.rest().size());
  if (!reader.string(certificate.signature)) return common::error("the certificate is cut short");
  if (!reader.at_end()) return common::error("bytes left over after the certificate");
  auto names = read_principals(principals);
  if (!names) return names.error();
  certificate.principals = std::move(*names);
  return certificate;
}

std::optional<std::string> named_principal(const Certificate& certificate,
                                           const KeyOptions& authority, std::string_view box_name) {
  const auto names = [&certificate](std::string_view principal) {
    return std::find(certificate.principals.begin(), certificate.principals.end(), principal) !=
           certificate.principals.end();
  };
  if (!authority.principals) {
    return names(box_name) ? std::optional(std::string(box_name)) : std::nullopt;
  }
  const auto found =
      std::find_if(authority.principals->begin(), authority.principals->end(), names);
  return found != authority.principals->end() ? std::optional(*found) : std::nullopt;
}

Result<void> check_certificate(const Certificate& certificate, const KeyOptions& authority,
                               std::string_view box_name, std::time_t now) {
  if (certificate.certified_as != kUserCertificate) return common::error("not a user certificate");
  const auto seconds = static_cast<std::uint64_t>(std::max<std::time_t>(now, 0));
  if (seconds < certificate.valid_after) return common::error("the certificate is not valid yet");
  if (seconds >= certificate.valid_before) return common::error("the certificate has expired");
  if (!named_principal(certificate, authority, box_name)) {
    return common::error("the certificate does not name the principal");
  }
  return {};
}

Result<KeyOptions> certificate_options(const Certificate& certificate) {
  KeyOptions options;
  options.terminal_permitted = false;
  constexpr std::uint64_t kLatest = std::numeric_limits<std::time_t>::max();
  if (certificate.valid_before <= kLatest) {
    options.expires = static_cast<std::time_t>(certificate.valid_before) - 1;
  }
  auto critical = for_each_option(certificate.critical_options, [&](auto name, auto data) {
    return set_critical(options, name, data);
  });
  if (!critical) return critical.error();
  auto extensions = for_each_option(certificate.extensions, [&](auto name, auto data) {
    return set_extension(options, name, data);
  });
  if (!extensions) return extensions.error();
  return options;
}

Result<KeyOptions> merge_options(const KeyOptions& authority, const KeyOptions& certificate) {
  KeyOptions merged = authority;
  merged.terminal_permitted = authority.terminal_permitted && certificate.terminal_permitted;
  merged.touch_required = authority.touch_required || certificate.touch_required;
  merged.verification_required =
      authority.verification_required || certificate.verification_required;
  if (certificate.expires) {
    merged.expires =
        std::min(authority.expires.value_or(*certificate.expires), *certificate.expires);
  }
  if (!authority.forced_command) merged.forced_command = certificate.forced_command;
  if (certificate.forced_command && merged.forced_command != certificate.forced_command) {
    return common::error("the certificate and its authority force different commands");
  }
  return merged;
}

}  // namespace zomg::monitor
