#pragma once

#include "common/base/result.h"

namespace zomg::connection {

/// The last doors shut before a byte of the client is read: no traces, no processes, no files, few
/// descriptors, and only the system calls that serving a client needs.
common::Result<void> enter_sandbox();

}  // namespace zomg::connection
