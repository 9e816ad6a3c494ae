#pragma once

#include <cerrno>

#include "common/base/result.h"

namespace zomg::ipc {

/// Whether a packet could not be sent for want of something of the kernel's: memory, or leave to have so
/// many descriptors on their way (ETOOMANYREFS, which is counted by user on the whole host). The peer has
/// no part in it, as it may in a full socket (EAGAIN).
inline bool is_shortage(const common::Error& error) {
  const int value = error.errno_value;
  return value == ETOOMANYREFS || value == ENOBUFS || value == ENOMEM;
}

}  // namespace zomg::ipc
