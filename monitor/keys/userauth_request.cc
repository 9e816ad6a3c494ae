#include "monitor/keys/userauth_request.h"

#include "common/ssh/ssh_wire.h"

namespace zomg::monitor {
namespace {

/// RFC 4252 §6.
constexpr std::uint8_t kSshMsgUserauthRequest = 50;

}  // namespace

std::string signed_data(const UserauthRequest& request) {
  const bool host_bound = !request.host_key.empty();
  common::WireWriter writer;
  writer.string(request.session_id)
      .byte(kSshMsgUserauthRequest)
      .string(request.login_name)
      .string("ssh-connection")
      .string(host_bound ? "publickey-hostbound-v00@openssh.com" : "publickey")
      .byte(1)
      .string(request.algorithm)
      .string(request.key);
  if (host_bound) writer.string(request.host_key);
  return writer.bytes();
}

}  // namespace zomg::monitor
