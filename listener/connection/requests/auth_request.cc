#include "listener/connection/requests/auth_request.h"

#include "common/ssh/ssh_wire.h"

namespace zomg::connection {
namespace {

bool parse_public_key(common::WireReader& reader, AuthRequest& request) {
  std::string_view algorithm;
  std::string_view key;
  if (!reader.boolean(request.has_signature) || !reader.string(algorithm) || !reader.string(key)) {
    return false;
  }
  // The host key that a host-bound request names is checked by the monitor, in the signed data.
  std::string_view host_key;
  if (request.host_bound && !reader.string(host_key)) return false;
  std::string_view signature;
  if (request.has_signature && !reader.string(signature)) return false;
  request.algorithm = algorithm;
  request.key = key;
  request.signature = signature;
  return reader.at_end();
}

}  // namespace

std::optional<AuthRequest> parse_auth_request(std::string_view payload) {
  common::WireReader reader(payload);
  std::string_view login_name;
  std::string_view service;
  std::string_view method;
  if (!reader.string(login_name) || !reader.string(service) || !reader.string(method) ||
      service != "ssh-connection") {
    return std::nullopt;
  }
  AuthRequest request;
  request.login_name = login_name;
  request.method = method;
  request.host_bound = method == "publickey-hostbound-v00@openssh.com";
  request.public_key = request.host_bound || method == "publickey";
  if (request.public_key && !parse_public_key(reader, request)) return std::nullopt;
  return request;
}

}  // namespace zomg::connection
