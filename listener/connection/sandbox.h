#pragma once

#include "common/program/row.h"

namespace zomg::connection {

/// Of zomg-ssh-connection, the last doors shut before a byte of the client is read: no traces, no processes, no
/// files, few descriptors, and only the system calls that serving a client needs.
extern const program::Row kRow;

}  // namespace zomg::connection
