#pragma once

/// What sshd bears of clients, and libssh would end the connection for: messages about channels
/// between a client's SSH_MSG_KEXINIT and its SSH_MSG_NEWKEYS, which RFC 4253 §7.1 forbids and
/// asyncssh sends, and requests to authenticate after the login, which RFC 4252 §5.1 has ignored.
///
/// In the first key exchange, nothing is borne: what an attacker slips in there is what strict key
/// exchange is against.
namespace zomg::connection::ssh {

/// To be called when the client has logged in: before that nothing is borne.
void bear_late_packets();

}  // namespace zomg::connection::ssh
