#pragma once

namespace zomg::common {

/// Tells a client that it is not served, in a line where it looks for the server's version
/// (RFC 4253 §4.2), as sshd(8) does. Never waits: what `socket` does not take at once is lost.
void refuse_client(int socket);

}  // namespace zomg::common
