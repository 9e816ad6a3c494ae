#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace zomg::connection::ssh {

/// Has the kernel acknowledge what the TCP socket `fd` gets at once, for a while: it turns the
/// option off by itself. A delayed ACK (40 ms) in each step of the handshake is most of its time.
inline void hasten_acknowledgements(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

}  // namespace zomg::connection::ssh
