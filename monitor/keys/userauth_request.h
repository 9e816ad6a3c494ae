#pragma once

#include <string>
#include <string_view>

namespace zomg::monitor {

/// What a client signs to log in: RFC 4252 §7, or with a host key in it, OpenSSH's PROTOCOL §3.1
/// publickey-hostbound-v00@openssh.com.
struct UserauthRequest {
  std::string_view session_id;
  std::string_view login_name;
  std::string_view algorithm;
  std::string_view key;
  /// The host key blob for the host-bound method; empty for `publickey`.
  std::string_view host_key;
};

/// The bytes under the signature.
std::string signed_data(const UserauthRequest& request);

}  // namespace zomg::monitor
