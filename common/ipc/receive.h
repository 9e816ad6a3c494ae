#pragma once

#include "common/ipc/channel.h"

namespace zomg::ipc {

/// What Channel::receive() does, on a socket that is lent, with `flags` of recvmsg(2) such as MSG_PEEK.
common::Result<Packet> receive_packet(int socket, int flags);

}  // namespace zomg::ipc
