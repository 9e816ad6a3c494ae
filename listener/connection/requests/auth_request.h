#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/messages/connection.h"

namespace zomg::connection {

/// An SSH_MSG_USERAUTH_REQUEST (RFC 4252 §5), byte for byte as the client sent it, and what was
/// found of its signature.
struct AuthRequest {
  std::string login_name;
  std::string method;
  // Of `publickey` (RFC 4252 §7) and publickey-hostbound-v00@openssh.com only:
  bool public_key = false;
  bool host_bound = false;
  std::string algorithm;
  std::string key;
  bool has_signature = false;
  std::string signature;
  /// What the SSH library found of it; nothing when that took it for no signature.
  std::optional<messages::SignatureFinding> finding;
};

/// The request in `payload`, which starts after the message number; nothing for one that is
/// malformed or is for another service than ssh-connection. The fields of methods other than the
/// two public-key ones are not read.
std::optional<AuthRequest> parse_auth_request(std::string_view payload);

}  // namespace zomg::connection
